"""The counter: take a payment, print its receipt, take a mistake back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors.step_up import step_up_required
from accounts.models import User
from accounts.operations.audit import audit_read
from accounts.queries import utility
from core import clock
from ledger.operations import PeriodClosed
from ledger.queries import balance
from payments import access, operations
from payments.customer import receipt as receipts
from payments.forms import CounterForm, ReversalForm
from payments.models import Payment
from payments.views.pages import page


@require_http_methods(["GET", "POST"])
def counter(request: HttpRequest) -> HttpResponse:
    """Ask, show what was understood, and post only what was confirmed."""
    _cashier(request)
    form = CounterForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_new(request, form):
        if "confirmed" not in request.POST:
            return _confirm(request, form)
        payment = _record(request, form)
        if payment:
            return redirect("payments:receipt", payment.reference)
    status = 422 if form.errors else 200
    return render(request, "payments/counter.html", {"form": form}, status=status)


@require_GET
def receipt(request: HttpRequest, reference: str) -> HttpResponse:
    payment = access.payment_for(request.user, reference)
    audit_read("receipt.look", payment, actor=_cashier(request), account=payment.account)
    standing = balance(payment.account_id, payment.currency)
    context = {
        "payment": payment,
        "receipt": receipts.receipt(payment),
        "balance": standing.balance,
    }
    return page(request, "payments/receipt.html", context)


@require_http_methods(["GET", "POST"])
@step_up_required
def reverse(request: HttpRequest, reference: str) -> HttpResponse:
    payment = access.payment_for(request.user, reference)
    form = ReversalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _reverse(request, payment, form.cleaned_data["reason"])
        return redirect("payments:receipt", payment.reference)
    context = {"form": form, "payment": payment}
    return render(request, "payments/reverse.html", context, status=422 if form.errors else 200)


def _confirm(request: HttpRequest, form: CounterForm) -> HttpResponse:
    account = form.account
    if account is None:  # a valid form has found it
        raise Http404
    audit_read("account.look", account, actor=_cashier(request), account=account)
    standing = balance(account.pk, account.currency)
    context = {
        "form": form,
        "account": account,
        "amount_minor": form.amount_minor,
        "method": form.cleaned_data["method"].label,
        "balance": standing.balance,
        "balance_after": standing.balance - form.amount_minor,
    }
    return render(request, "payments/confirm.html", context)


def _is_new(request: HttpRequest, form: CounterForm) -> bool:
    """Say whether the receipt number is free; the last button may be sent twice."""
    taken = access.receipt_at_counter(request.user, form.cleaned_data["reference"])
    if taken is None:
        return True
    if taken.state == Payment.State.REVERSED:
        form.add_error("reference", _("This receipt was reversed. Enter another number."))
    elif "confirmed" not in request.POST:
        form.add_error("reference", _("This receipt is recorded already."))
    return not form.errors


def _record(request: HttpRequest, form: CounterForm) -> Payment | None:
    account = form.account
    if account is None:
        raise Http404
    try:
        payment = operations.record_counter_payment(
            account,
            amount_minor=form.amount_minor,
            reference=form.cleaned_data["reference"],
            received_on=clock.today(utility().zone),
            actor=_cashier(request),
            method=form.cleaned_data["method"],
        )
    except operations.ReceiptTaken:
        form.add_error("reference", _("This receipt number belongs to another payment."))
    except PeriodClosed:
        form.add_error(None, _("The books of today are closed; ask finance."))
    else:
        messages.success(request, _("The payment is recorded."))
        return payment
    return None


def _reverse(request: HttpRequest, payment: Payment, reason: str) -> None:
    try:
        operations.reverse_counter_payment(
            payment,
            reason=reason,
            reversed_on=clock.today(utility().zone),
            actor=_cashier(request),
        )
    except operations.NotReversible:
        messages.info(request, _("This payment was reversed already."))
    except PeriodClosed:
        messages.error(request, _("The books of today are closed; ask finance."))
    else:
        messages.success(request, _("The payment is reversed; what it had paid is open again."))


def _cashier(request: HttpRequest) -> User:
    if not isinstance(request.user, User) or not access.may_take_payments(request.user):
        raise Http404
    return request.user
