"""The start of staff, and the list of who owes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts import access
from accounts.queries import utility
from core import clock, formats
from core.pages import wants_part
from core.tables import Listing, respond
from reports.staff_home import owing, owing_list
from reports.staff_home.page import figures, staff_home
from support.access import may_search

OWING = ("reports/owing.html", "reports/_owing.html")


def show(request: HttpRequest) -> HttpResponse:
    """Show the start; every minute only its figures and what waits are asked for."""
    person = access.person(request.user)
    now, real_now = clock.now(), clock.real_now()
    if wants_part(request):
        found = figures(person, now=now, real_now=real_now)
        return _private(render(request, "reports/_staff_figures.html", {"figures": found}))
    home = staff_home(person, now=now, real_now=real_now)
    context = {"home": home, "figures": home.figures, "may_search": may_search(person)}
    return _private(render(request, "reports/staff_home.html", context))


@require_GET
def who_owes(request: HttpRequest) -> HttpResponse:
    """Show the accounts with an open debt, and the sums that the start shows."""
    currency = utility().currency
    balances = owing.balances(request.user, currency)
    asked = owing_list.table().asked(request.GET)
    found = asked.narrow(balances)
    n = found.count()
    context = {
        "list": Listing(asked, found, shape=owing.rows),
        "sums": owing.sums(found),
        "currency": currency,
        "now": clock.now(),
    }
    said = ngettext("%(n)s account found.", "%(n)s accounts found.", n)
    return respond(request, *OWING, context, said=said % {"n": formats.number(n)})


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response
