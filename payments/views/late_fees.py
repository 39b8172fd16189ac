"""Late fees: what was charged, what is waived and why, and the versions of the policy."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors.step_up import step_up_required
from accounts.models import User
from accounts.queries import utility
from core import clock
from ledger.operations import PeriodClosed
from payments.access import staff
from payments.desk import late_fees as presented
from payments.desk.paging import key_page
from payments.forms.desk import PageForm, WaiverForm
from payments.forms.late_fees import PolicyForm
from payments.models import LateFeePolicy
from payments.operations import late_fees
from payments.operations.late_fee_policies import add_policy
from payments.views.pages import page, status_of


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    fees = staff.late_fees(request.user)
    form = PageForm(request.GET)
    found = key_page(fees, before=form.cleaned_data["before"] if form.is_valid() else None)
    context = {
        "rows": presented.rows(found.rows),
        "page": found,
        "may_waive": staff.may_waive_late_fees(request.user),
    }
    return page(request, "payments/late_fees.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@step_up_required
def waive(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the fee and ask why; take it back only with a reason."""
    actor = staff.member_of_staff(request.user, among=staff.DECIDING)
    fee = staff.late_fee(actor, pk)
    staff.note_look(actor, "late_fee.look", fee, fee.statement.account)
    form = WaiverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason, today = form.cleaned_data["reason"], clock.today(utility().zone)
        try:
            late_fees.waive(fee, reason=reason, actor=actor, waived_on=today)
        except late_fees.AlreadyWaived:
            messages.info(request, _("This late fee was waived already."))
        except PeriodClosed:
            messages.error(request, _("The books of today are closed; ask finance."))
        else:
            messages.success(request, _("The late fee is waived; the customer is told."))
        return redirect("payments:late_fees")
    context = {"form": form, "row": presented.row(fee)}
    return page(request, "payments/late_fee_waive.html", context, status=status_of(form))


@require_GET
def policies(request: HttpRequest) -> HttpResponse:
    versions = staff.late_fee_policies(request.user).order_by("-version")
    context = {
        "policies": presented.policies(versions, today=clock.today(utility().zone)),
        "may_make_policy": staff.may_make_policy(request.user),
    }
    return page(request, "payments/late_fee_policies.html", context)


@require_http_methods(["GET", "POST"])
@step_up_required
def add(request: HttpRequest) -> HttpResponse:
    """Ask for the next version, show what it would cost, and keep only what was confirmed."""
    actor = staff.member_of_staff(request.user, among=staff.MAKING_POLICY)
    newest = staff.late_fee_policies(actor).order_by("-version").first()
    currency = utility().currency
    terms = presented.as_typed(newest) if newest else {}
    form = PolicyForm(request.POST or None, currency=currency, newest=terms)
    if request.method == "POST" and form.is_valid():
        if "confirmed" not in request.POST:
            context = {
                "form": form,
                "policy": form.policy(),
                "samples": presented.samples(form.policy(), form.sample_minor),
            }
            return page(request, "payments/late_fee_policy_confirm.html", context)
        policy = _add(form, actor)
        if policy:
            messages.success(
                request, _("Version %(version)s is kept.") % {"version": policy.version}
            )
            return redirect("payments:late_fee_policies")
    context = {"form": form, "currency": currency}
    return page(request, "payments/late_fee_policy_add.html", context, status=status_of(form))


def _add(form: PolicyForm, actor: User) -> LateFeePolicy | None:
    try:
        return add_policy(**form.terms(), actor=actor, today=clock.today(utility().zone))
    except ValidationError as error:
        form.take_over(error)
    return None
