"""Sending bills again, once confirmed, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from core import clock
from core.tables import bulk
from statements import access
from statements.operations import sending

KIND = "statement.send_again"


@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Send the bills that were confirmed; the same form sends them once."""
    person = _person(request)
    form = bulk.ConfirmForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose the bills again: the form was not complete."))
        return redirect("reports:manage_bills")
    token, now = form.cleaned_data["token"], clock.now()

    def work(keys: Sequence[int]) -> list[bulk.Outcome]:
        bills = access.bills_to_send(person, keys)
        return [_outcome(r) for r in sending.send_again(bills, token=token, actor=person, now=now)]

    keys, real_now = form.cleaned_data["rows"], clock.real_now()
    bulk.once(KIND, token=token, by=person.pk, keys=keys, work=work, real_now=real_now)
    return redirect("statements:sent", token)


@require_GET
def sent(request: HttpRequest, token: UUID) -> HttpResponse:
    """Say what became of each bill that this person sent again."""
    outcomes = bulk.outcomes(KIND, token=token, by=_person(request).pk)
    context = {"outcomes": outcomes, "done": sum(each.is_done for each in outcomes)}
    response = render(request, "statements/sent.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _outcome(reminder: sending.Reminder) -> bulk.Outcome:
    bill, why_not = reminder.statement, reminder.why_not
    return bulk.Outcome(
        bill.pk, str(bill), not why_not, why_not or _("The customer is told of it once more.")
    )


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User) or not access.may_decide_runs(request.user):
        raise Http404
    return request.user
