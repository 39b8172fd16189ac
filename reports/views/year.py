"""The summary of a year, for the customer and, in the help room, for who helps them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import access
from accounts.chosen import choose
from accounts.models import CustomerAccount
from accounts.queries import utility
from core import clock
from reports.year.summary import NoSuchYear, YearSummary, year_summary
from support import access as help_access
from support.presentation.revealed import Field, revealed


@require_GET
def year(request: HttpRequest, number: str, year: int) -> HttpResponse:
    account = access.account_for(request.user, number, clock.now())
    choose(request, account)
    context = {"summary": _summary(account, year), "shows_days": True}
    return _private(render(request, "reports/year.html", context))


@require_GET
def help_year(request: HttpRequest, number: str, year: int) -> HttpResponse:
    """Show the same to an employee; single days only once the use by day was asked for."""
    grant, account = help_access.account(request.user, number, clock.real_now(), action="help.year")
    context = {
        "grant": grant,
        "summary": _summary(account, year),
        "shows_days": Field.LOAD_CURVE in revealed(grant),
    }
    return _private(render(request, "reports/help_year.html", context))


def _summary(account: CustomerAccount, year: int) -> YearSummary:
    try:
        return year_summary(account, year, now=clock.now(), zone=utility().zone)
    except NoSuchYear as error:
        raise Http404(_("There is no such year of this account.")) from error


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response
