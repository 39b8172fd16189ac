"""Adjusting a bill of the customer in the room: what it changes, then credit or charge it."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors.step_up import step_up_required
from accounts.models import AssistanceGrant
from accounts.operations.grants import NotLive
from accounts.queries import utility
from core import clock
from ledger.operations import PeriodClosed
from statements.models import Adjustment, Statement
from statements.operations import adjusting
from support import access, drafts
from support.forms.adjust import AdjustForm
from support.views.pages import page, status_of


@require_http_methods(["GET", "POST"])
@step_up_required
def adjust(request: HttpRequest, number: str) -> HttpResponse:
    """Ask how much and why, show before and after, and do or ask what was confirmed."""
    real_now = clock.real_now()
    grant, statement = access.bill(request.user, number, real_now, action="help.adjust")
    typed = drafts.kept(grant, request.path)
    form = AdjustForm(
        request.POST or None,
        currency=statement.currency,
        creditable_minor=adjusting.creditable_minor(statement),
        initial={**typed, "token": uuid4()},
    )
    if request.method == "POST" and form.is_valid():
        if "confirmed" not in request.POST:
            return _check(request, grant, statement, form)
        made = _made(request, grant, statement, form)
        if made:
            drafts.used(grant, request.path)
            return redirect("support:bill", number)
    context = {
        **_facts(grant, statement),
        "form": form,
        "is_draft": bool(typed) and request.method == "GET",
    }
    return page(request, "support/adjust.html", context, status=status_of(form))


def _facts(grant: AssistanceGrant, statement: Statement) -> dict[str, object]:
    left = adjusting.left_alone_minor(grant.employee, clock.today(utility().zone))
    return {
        "grant": grant,
        "statement": statement,
        "is_issued": statement.state == Statement.State.ISSUED,
        "now": adjusting.effect(statement, 0),
        "left_minor": left,
        "creditable_minor": adjusting.creditable_minor(statement),
    }


def _check(
    request: HttpRequest, grant: AssistanceGrant, statement: Statement, form: AdjustForm
) -> HttpResponse:
    facts = _facts(grant, statement)
    context = {
        **facts,
        "form": form,
        "effect": adjusting.effect(statement, form.amount_minor),
        "reason": Adjustment.Reason(form.cleaned_data["reason_code"]).label,
        "is_alone": abs(form.amount_minor) <= int(str(facts["left_minor"])),
    }
    return page(request, "support/adjust_check.html", context)


def _made(
    request: HttpRequest, grant: AssistanceGrant, statement: Statement, form: AdjustForm
) -> Adjustment | None:
    """Adjust the bill; None when the form must be looked at again."""
    said = form.cleaned_data
    try:
        made = adjusting.adjust(
            statement,
            amount_minor=form.amount_minor,
            reason_code=said["reason_code"],
            note=said["note"],
            customer_text=said["customer_text"],
            grant=grant,
            now=clock.now(),
            real_now=clock.real_now(),
            token=said["token"],
        )
    except adjusting.BadAmount as error:
        form.refuse_amount(error.creditable_minor)
    except adjusting.NotAdjustable:
        form.add_error(None, _("This bill is not an issued one any more."))
    except PeriodClosed:
        form.add_error(None, _("The books of today are closed; ask finance."))
    except NotLive as error:
        raise access.NoGrant from error
    else:
        _tell(request, made)
        return made
    return None


def _tell(request: HttpRequest, made: Adjustment) -> None:
    if made.state == Adjustment.State.WAITING:
        messages.info(
            request,
            _("Asked for: a second person must approve it. Nothing is booked before."),
        )
    else:
        messages.success(request, _("The bill is adjusted, and the customer is told."))
