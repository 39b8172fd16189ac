"""Refunds: one person asks, another decides; afterwards the page tells how far the money is."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors.step_up import step_up_required
from core import clock, formats
from ledger.operations import PeriodClosed
from payments.access import staff
from payments.desk import refunds as presented
from payments.desk.paging import key_page
from payments.forms.desk import ApprovalForm, RefundForm, RejectionForm, StateFilterForm
from payments.models import Payment, Refund, SuspenseItem
from payments.operations import refunds
from payments.views.pages import asked, page, status_of

Receipt = Payment | SuspenseItem


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the refunds that wait for a decision, or all of them."""
    found = staff.refunds(request.user)
    form = StateFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    if not wanted.get("everything"):
        found = found.filter(state=Refund.State.REQUESTED)
    pages = key_page(found, before=wanted.get("before"))
    context = {
        "form": form,
        "everything": bool(wanted.get("everything")),
        "rows": presented.rows(pages.rows, viewer=request.user),
        "page": pages,
        "asked": asked(request),
    }
    return page(request, "payments/refunds.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@step_up_required
def ask(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for a refund of a payment: how much, why, and what opens again; then keep it."""
    actor = staff.member_of_staff(request.user, among=staff.WORKING)
    payment = staff.payment(actor, reference)
    staff.note_look(actor, "payment.look", payment, payment.account)
    return _ask(request, payment)


@require_http_methods(["GET", "POST"])
@step_up_required
def ask_unidentified(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask that money of nobody known goes back to where it came from."""
    actor = staff.member_of_staff(request.user, among=staff.WORKING)
    return _ask(request, staff.suspense_item(actor, pk))


@require_GET
def detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _show(request, staff.refund(request.user, uid))


@require_POST
@step_up_required
def approve(request: HttpRequest, uid: UUID) -> HttpResponse:
    refund, form = staff.refund_to_decide(request.user, uid), ApprovalForm(request.POST)
    if not form.is_valid():
        return _show(request, refund, approval=form)
    override = form.cleaned_data["override"]
    actor = staff.member_of_staff(request.user)
    try:
        refunds.approve(refund, decided_by=actor, now=clock.now(), override=override)
    except refunds.SamePerson:
        messages.error(request, _("You asked for this refund: another person must approve it."))
    except refunds.AlreadyDecided:
        messages.info(request, _("Somebody decided on this refund already."))
    except refunds.ChangedSince:
        messages.error(request, _("This refund changed since it was asked for: reject it."))
    except refunds.BadAmount:
        messages.error(request, _("Less than that is left of this payment by now; reject it."))
    except PeriodClosed:
        messages.error(request, _("The books of today are closed; ask finance."))
    except refunds.StillReturnable as error:
        told = _("The payer's bank may return this debit until %(day)s. Say why it cannot wait.")
        form.add_error("override", told % {"day": formats.day(error.until)})
        return _show(request, refund, approval=form)
    else:
        messages.success(request, _("The refund is approved and goes to the provider next."))
    return redirect("payments:refund", uid)


@require_POST
def reject(request: HttpRequest, uid: UUID) -> HttpResponse:
    refund, form = staff.refund_to_decide(request.user, uid), RejectionForm(request.POST)
    if not form.is_valid():
        return _show(request, refund, rejection=form)
    actor = staff.member_of_staff(request.user)
    try:
        reason = form.cleaned_data["reason"]
        refunds.reject(refund, decided_by=actor, reason=reason, now=clock.now())
    except refunds.SamePerson:
        messages.error(request, _("You asked for this refund: another person must decide."))
    except refunds.AlreadyDecided:
        messages.info(request, _("Somebody decided on this refund already."))
    else:
        messages.success(request, _("The refund is rejected; nothing was booked."))
    return redirect("payments:refund", uid)


def _ask(request: HttpRequest, receipt: Receipt) -> HttpResponse:
    limit = refunds.refundable_minor(receipt) if receipt.intent_id else 0
    form = RefundForm(
        request.POST if request.method == "POST" else None,  # an empty one is a wrong form
        currency=receipt.currency,
        refundable_minor=limit,
        initial={"amount": presented.as_typed(limit, receipt.currency), "token": uuid4()},
    )
    if request.method == "POST":
        is_right = form.is_valid()
        sent = staff.own_refund(request.user, form.cleaned_data.get("token"))
        if is_right and not sent:
            if "confirmed" not in request.POST:
                return _confirm(request, receipt, form)
            sent = _request(request, receipt, form)
        if sent:
            return redirect("payments:refund", sent.uid)
    context = {"form": form, "receipt": receipt, "refundable_minor": limit}
    return page(request, "payments/refund_ask.html", context, status=status_of(form))


def _confirm(request: HttpRequest, receipt: Receipt, form: RefundForm) -> HttpResponse:
    context = {
        "form": form,
        "receipt": receipt,
        "reopened": presented.reopened(receipt, form.amount_minor),
    }
    return page(request, "payments/refund_confirm.html", context)


def _request(request: HttpRequest, receipt: Receipt, form: RefundForm) -> Refund | None:
    try:
        refund = refunds.request_refund(
            receipt,
            amount_minor=form.amount_minor,
            reason=form.cleaned_data["reason"],
            requested_by=staff.member_of_staff(request.user),
            now=clock.now(),
            token=form.cleaned_data["token"],
        )
    except refunds.BadAmount:
        form.add_error("amount", _("That is more than is left of this payment."))
    except refunds.NotRefundable:
        form.add_error(None, _("This money came over the counter: reverse the payment instead."))
    else:
        messages.success(request, _("The refund is asked for; another person must approve it."))
        return refund
    return None


def _show(
    request: HttpRequest,
    refund: Refund,
    *,
    approval: ApprovalForm | None = None,
    rejection: RejectionForm | None = None,
) -> HttpResponse:
    staff.note_look(request.user, "refund.look", refund, presented.account_of(refund))
    is_wrong = any(form and form.errors for form in (approval, rejection))
    context = {
        "view": presented.refund_view(refund, viewer=request.user),
        "approval": approval or ApprovalForm(),
        "rejection": rejection or RejectionForm(),
        "may_decide": staff.may_decide_refunds(request.user),
    }
    return page(request, "payments/refund.html", context, status=422 if is_wrong else 200)
