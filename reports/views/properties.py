"""All properties of a person, and which of them they look at."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts import access
from accounts.chosen import choose
from core import clock
from reports.properties import properties_of
from reports.switcher import way_on


@require_GET
def properties(request: HttpRequest) -> HttpResponse:
    found = properties_of(access.person(request.user), now=clock.now())
    response = render(request, "reports/properties.html", {"found": found})
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def choose_property(request: HttpRequest) -> HttpResponse:
    """Look at another property from now on, on the same page where that page is about one."""
    number = request.POST.get("number", "")
    if not number:
        return redirect("reports:properties")
    account = access.account_for(request.user, number, clock.now())
    choose(request, account)
    return redirect(way_on(request.POST.get("next", ""), account.number))
