"""A page and its parts: one address answers both, the whole page to whoever asks without htmx."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def wants_part(request: HttpRequest) -> bool:
    """Tell whether only a part is asked for; going back in the history asks for the page."""
    asked = request.headers.get("HX-Request") == "true"
    return asked and request.headers.get("HX-History-Restore-Request") != "true"


def render_part(
    request: HttpRequest, template: str, part: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render `part` alone for htmx, else the page that includes it.

    A form that is wrong answers 422 both ways; the page swaps it in.
    """
    return render(request, part if wants_part(request) else template, context, status=status)


def say(response: HttpResponse, text: str) -> HttpResponse:
    """Have a screen reader told what the part that was swapped in holds: "24 bills found"."""
    response["HX-Trigger"] = json.dumps({"say": text})
    return response
