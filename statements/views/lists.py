"""The customer's bills as a list, and the same list as a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.forms import ChoiceField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts import access as accounts
from accounts.chosen import KEY, chosen
from accounts.queries import utility
from accounts.rights import Right
from core import clock, csv_export
from core.pages import render_part, say
from core.periods import local_date
from statements import access
from statements.forms import BillsForm
from statements.models import Statement
from statements.presentation.bill_list import BillList, all_bills, bill_list
from statements.presentation.bill_sheet import bill_sheet
from statements.presentation.bills import full_rows
from statements.presentation.calendar import billing_calendar
from statements.views.answers import private

PAGE_SIZE = 24


@dataclass(frozen=True)
class Asked:
    """The bills that the address asks for, among all that the person has."""

    form: BillsForm
    found: BillList
    numbers: Sequence[str]  # of the accounts that have bills

    @property
    def has_accounts(self) -> bool:
        return len(self.numbers) > 1


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    page: Page[Statement] = Paginator(asked.found.bills, PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = {
        "asked": asked,
        "page": page,
        "rows": full_rows(list(page.object_list), asked.found),
        "query": _without(request.GET, "page"),
        "chips": _chips(request, asked.form),
        **_calendar(request, asked),
    }
    response = render_part(request, "statements/list.html", "statements/_list.html", context)
    return private(say(response, _count(len(asked.found.bills))))


@require_GET
def sheet(request: HttpRequest) -> HttpResponseBase:
    """Save all bills that the list would show, page after page."""
    found = _asked(request).found
    return csv_export.attachment(bill_sheet(full_rows(found.bills, found)), name="bills.csv")


def _asked(request: HttpRequest) -> Asked:
    now, zone = clock.now(), utility().zone
    seen = accounts.seen_by(request.user, now)
    payable = {each.account.pk for each in seen if Right.PAY in each.rights}
    bills = all_bills(access.statements_seen(request.user, now=now), payable)
    numbers = sorted({bill.account.number for bill in bills})
    years = sorted({bill.issue_date.year for bill in bills if bill.issue_date}, reverse=True)
    form = BillsForm(request.GET, years=years, accounts=numbers)
    form.is_valid()
    told = form.cleaned_data
    found = bill_list(
        bills,
        today=local_date(now, zone),
        year=told.get("year"),
        account=told.get("account", ""),
        status=told.get("status", ""),
    )
    return Asked(form, found, numbers)


def _calendar(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """Return the account whose calendar is linked, and when the first bill comes to a new one."""
    if asked.numbers:
        last = asked.form.cleaned_data.get("account") or request.session.get(KEY)
        return {"account": last if last in asked.numbers else asked.numbers[0]}
    account = chosen(request, clock.now())
    if account is None:
        return {}
    house = utility()
    view = billing_calendar(account, house, today=clock.today(house.zone))
    return {"account": account.number, "first_bill": view.next_round}


def _chips(request: HttpRequest, form: BillsForm) -> list[dict[str, str]]:
    """Return the filters that are set, each with the address of the list without it."""
    return [
        {
            "words": f"{form.fields[name].label}: {_label(form, name)}",
            "url": f"?{_without(request.GET, 'page', name)}",
        }
        for name in form.fields
        if form.cleaned_data.get(name)
    ]


def _label(form: BillsForm, name: str) -> str:
    value = str(form.cleaned_data[name])
    choices = cast(Iterable[tuple[Any, Any]], cast(ChoiceField, form.fields[name]).choices)
    return next(str(words) for key, words in choices if str(key) == value)


def _without(query: QueryDict, *names: str) -> str:
    kept = query.copy()
    for name in names:
        kept.pop(name, None)
    return kept.urlencode()


def _count(number: int) -> str:
    return ngettext("%(count)s bill found", "%(count)s bills found", number) % {"count": number}
