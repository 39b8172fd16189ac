"""The state of the price book at a glance; each number opens the list that makes it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.page_events import Event, note
from accounts.queries import utility
from core import clock
from core.periods import local_date
from statements.presentation.price_overview import shown
from statements.pricing.overview import overview
from tariffs import access


@require_GET
def price_overview(request: HttpRequest) -> HttpResponse:
    """Show how many plans and tariffs there are, who is on them, and what needs a look."""
    access.plans_for(request.user)
    zone = utility().zone
    found = overview(local_date(clock.now(), zone))
    note(request, Event.DASHBOARD_VIEWED)
    may_change = access.may_change(request.user)
    context = {"book": found, "page": shown(found), "zone": zone, "may_change": may_change}
    response = render(request, "statements/prices/overview.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
