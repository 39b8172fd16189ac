"""All properties of a person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts import access
from core import clock
from reports.properties import properties_of


@require_GET
def properties(request: HttpRequest) -> HttpResponse:
    found = properties_of(access.person(request.user), now=clock.now())
    response = render(request, "reports/properties.html", {"found": found})
    response["Cache-Control"] = "private, no-store"
    return response
