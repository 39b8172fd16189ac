"""The customer's start: what is owed, by when, and whether anything is wrong."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts import access
from accounts.chosen import choose, chosen
from accounts.queries import utility
from core import clock
from core.pages import render_part
from core.periods import local_date
from reports.start.page import home_of
from reports.start.prices import plans_today
from reports.start.projection import projected
from reports.start.use import running_use


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    account = chosen(request, now)
    if account is None:
        return _private(render(request, "reports/home_none.html"))
    user = access.person(request.user)
    home = home_of(user, account, now=now, today=local_date(now, utility().zone))
    return _private(render(request, "reports/home.html", {"home": home}))


@require_GET
def usage(request: HttpRequest, number: str) -> HttpResponse:
    """Show the use of the running month and what its bill will probably be."""
    now = clock.now()
    account = access.account_for(request.user, number, now)
    choose(request, account)
    context = {
        "account": account,
        "uses": running_use(account, now=now, zone=utility().zone),
        "projection": projected(account, now=now),
    }
    page = ("reports/home_usage.html", "reports/_home_usage.html")
    return _private(render_part(request, *page, context))


@require_GET
def prices(request: HttpRequest, number: str) -> HttpResponse:
    """Show the plan of each service and what a unit costs today."""
    now = clock.now()
    account = access.account_for(request.user, number, now)
    choose(request, account)
    context = {"account": account, "plans": plans_today(account, now=now), "now": now}
    page = ("reports/home_prices.html", "reports/_home_prices.html")
    return _private(render_part(request, *page, context))


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response
