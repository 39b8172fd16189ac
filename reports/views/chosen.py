"""Entries of the menu that lead to the account that was chosen last."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.chosen import chosen
from core import clock


@require_GET
def usage(request: HttpRequest) -> HttpResponse:
    return _to(request, "reports:usage")


@require_GET
def service(request: HttpRequest) -> HttpResponse:
    return _to(request, "reports:service")


@require_GET
def payments(request: HttpRequest) -> HttpResponse:
    return _to(request, "payments:list")


def _to(request: HttpRequest, page: str) -> HttpResponse:
    """Go to a page of the chosen account; who has none starts at home, which says what to do."""
    account = chosen(request, clock.now())
    return redirect(reverse(page, args=[account.number]) if account else reverse("home"))
