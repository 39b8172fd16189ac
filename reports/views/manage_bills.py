"""All bills for those who work with them: the list, its files, and sending bills again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.doors.step_up import step_up_required
from accounts.models import User
from accounts.operations.audit import audit, audit_read, audit_search
from accounts.queries import utility
from core import clock, formats
from core.periods import local_date
from core.tables import Asked, Listing, bulk, respond, sheets
from core.tables.table import Shape
from reports.manage_bills import access, leads, queries
from reports.manage_bills.rows import Reader, Row, shaped
from reports.manage_bills.table import MOST_SENT, table
from statements.models import Statement
from statements.operations.sending import reminders


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show a page of the bills that match, and the sums of all of them."""
    person, desk = access.staff(request.user), _Desk.now()
    asked = desk.asked(request)
    found = asked.narrow(access.bills(person))
    files = reverse("reports:manage_bills_csv").removesuffix(".csv")
    sums = queries.sums(found)
    shape = desk.shape(person)
    listing = Listing(asked, found, shape=shape, files=files, count=sums.count)
    if access.sees_names(person):
        audit_search("bill.list", actor=person, terms=asked.query, found=len(listing.lines))
    context = {
        "list": listing,
        "sums": sums,
        "most_summed": queries.MOST_SUMMED,
        "currency": desk.currency,
        "hint": leads.hint(person),
    }
    return respond(
        request,
        "reports/manage_bills/list.html",
        "reports/manage_bills/_list.html",
        context,
        said=_found(sums),
    )


@step_up_required
@require_GET
def file(request: HttpRequest, form: str) -> HttpResponseBase:
    """Save all bills that match, as CSV or for Excel."""
    person, desk = access.staff(request.user), _Desk.now()
    asked = desk.asked(request)
    found = asked.narrow(access.bills(person))
    try:
        answer = sheets.answer(form, asked, found, shape=desk.shape(person), name="bills")
    except sheets.TooManyRows as error:
        words = _("More than %(most)s bills match, and a file holds no more. Narrow the list.")
        messages.error(request, words % {"most": formats.number(error.most)})
        return redirect(f"{reverse('reports:manage_bills')}?{asked.query}")
    detail = {"terms": asked.query, "form": form}
    audit("bill.export", person, actor=person, detail=detail)
    return answer


@require_GET
def send_again(request: HttpRequest) -> HttpResponse:
    """Say which of the chosen bills would be sent again and which not, and why."""
    person = access.staff(request.user, among=access.SENDING)
    asked = _Desk.now().asked(request)
    try:
        found = asked.narrow(access.bills(person))
        chosen = list(bulk.picked(asked, found, most=MOST_SENT).order_by("number"))
    except bulk.NothingPicked:
        messages.error(request, _("Tick the bills first."))
        return redirect(_back(asked))
    except bulk.TooManyPicked as error:
        words = _("More than %(most)s bills match: narrow the list to send them again.")
        messages.error(request, words % {"most": formats.number(error.most)})
        return redirect(_back(asked))
    intents = [bulk.Intent(r.statement.pk, str(r.statement), r.why_not) for r in reminders(chosen)]
    context = {"plan": bulk.Plan(intents), "back": _back(asked)}
    response = render(request, "reports/manage_bills/send_again.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _found(sums: queries.Sums) -> str:
    if sums.is_more:
        words = _("More than %(count)s bills found.")
        return words % {"count": formats.number(queries.MOST_SUMMED)}
    words = ngettext("%(count)s bill found.", "%(count)s bills found.", sums.count)
    return words % {"count": formats.number(sums.count)}


@dataclass(frozen=True)
class _Desk:
    """What one request holds on to: the moment, the utility's day and its currency."""

    at: datetime
    today: date
    currency: str

    @classmethod
    def now(cls) -> _Desk:
        at, house = clock.now(), utility()
        return cls(at, local_date(at, house.zone), house.currency)

    def asked(self, request: HttpRequest) -> Asked:
        may_send = access.may_send(request.user)
        page = reverse("reports:send_bills_again") if may_send else ""
        declared = table(currency=self.currency, today=self.today, send_again=page)
        return declared.asked(request.GET)

    def shape(self, person: User) -> Shape:
        grant = access.live_help(person, clock.real_now())
        helped = grant.customer_id if grant else None
        reader = Reader(
            sees_names=access.sees_names(person),
            helped_customer=helped,
            leads=leads.leads(person, helped_customer=helped),
        )

        def shape(bills: Sequence[Statement]) -> list[Row]:
            if grant and any(bill.account.customer_id == helped for bill in bills):
                audit_read("help.bills", grant.customer, actor=person, grant=grant)
            return shaped(bills, reader=reader, today=self.today, now=self.at)

        return shape


def _back(asked: Asked) -> str:
    names = ("which", "row", "shown")
    return f"{reverse('reports:manage_bills')}{asked.url(**dict.fromkeys(names))}"
