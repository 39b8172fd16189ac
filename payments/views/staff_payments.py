"""Payments for staff: the list, its spreadsheet, one payment, and attempts without a result."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from accounts.queries import utility
from core import clock, csv_export
from payments import receipts
from payments.access import staff
from payments.desk import attempts as listed_attempts
from payments.desk import payments as listed
from payments.desk import words
from payments.desk.paging import key_page
from payments.desk.payment import payment_view, steps
from payments.forms.desk import AttemptFilterForm, PaymentFilterForm
from payments.views.pages import asked, page, status_of
from statements.documents import PdfUnavailable

logger = logging.getLogger(__name__)


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show payments, newest first, and the sums of the days asked for or of today."""
    payments = staff.payments(request.user)
    form = PaymentFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    chosen = listed.narrowed(payments, wanted) if form.is_valid() else payments.none()
    today = clock.today(utility().zone)
    has_days = bool(wanted.get("since") or wanted.get("until"))
    summed = chosen if has_days else listed.of_day(chosen, today)
    found = key_page(listed.with_fate(chosen), before=wanted.get("before"))
    totals = listed.totals(summed)
    context = {
        "form": form,
        "rows": listed.rows(found.rows),
        "page": found,
        "totals": totals,
        "in_all": listed.in_all(totals),
        "today": None if has_days else today,
        "asked": asked(request),
        "is_narrowed": any(value for name, value in wanted.items() if name != "before"),
    }
    return page(request, "payments/staff_payments.html", context, status=status_of(form))


@require_GET
def sheet(request: HttpRequest) -> HttpResponseBase:
    """Stream the chosen payments as a spreadsheet, all pages of the list."""
    payments = staff.payments(request.user)
    form = PaymentFilterForm(request.GET)
    if not form.is_valid():
        return index(request)
    rows = listed.sheet(listed.narrowed(payments, form.cleaned_data))
    return csv_export.attachment(rows, name="payments.csv")


@require_GET
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    payment = staff.payment(request.user, reference)
    staff.note_look(request.user, "payment.look", payment, payment.account)
    context = {
        "view": payment_view(payment),
        "may_work": staff.may_work_at_desk(request.user),
        "may_print": staff.may_print_receipts(request.user),
    }
    return page(request, "payments/staff_payment.html", context)


@require_GET
def receipt_pdf(request: HttpRequest, reference: str) -> HttpResponse:
    """Serve the receipt of any payment, in the customer's language, to be handed over."""
    payment = staff.payment_to_print(request.user, reference)
    staff.note_look(request.user, "receipt.look", payment, payment.account)
    try:
        content = receipts.render(payment, payment.account.customer.language)
    except PdfUnavailable:
        logger.exception("receipt.unavailable", extra={"payment": payment.pk})
        return page(request, "payments/staff_no_pdf.html", {"payment": payment}, status=503)
    response = HttpResponse(content, content_type="application/pdf")
    name = f"receipt_{payment.received_on}_{slugify(payment.reference)}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
def attempts(request: HttpRequest) -> HttpResponse:
    """Show attempts whose result nobody knows yet, or all of an account that is asked for."""
    form = AttemptFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    everybody = staff.attempts(request.user)
    chosen = listed_attempts.narrowed(everybody, wanted, now=clock.real_now())
    found = key_page(chosen, before=wanted.get("before"))
    context = {
        "form": form,
        "rows": listed_attempts.rows(found.rows),
        "page": found,
        "asked": asked(request),
        "is_narrowed": bool(wanted.get("account") or wanted.get("reference")),
    }
    return page(request, "payments/staff_attempts.html", context, status=status_of(form))


@require_GET
def attempt(request: HttpRequest, reference: str) -> HttpResponse:
    found = staff.attempt(request.user, reference)
    staff.note_look(request.user, "attempt.look", found, found.account)
    state, tag = words.attempt_tag(found.state)
    context = {
        "attempt": found,
        "payment": getattr(found, "payment", None),
        "state": state,
        "tag": tag,
        "steps": steps(found),
    }
    return page(request, "payments/staff_attempt.html", context)
