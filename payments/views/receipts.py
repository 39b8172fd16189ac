"""What a customer has paid: the list, its spreadsheet, and the receipt of each payment."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from accounts.queries import utility
from core import clock, csv_export
from payments import queries, receipts
from payments.access import customer as access
from payments.customer.receipt import receipt
from payments.customer.rows import row_page
from payments.customer.rows import sheet as rows_of_sheet
from payments.forms.listing import ListForm
from payments.models import Payment
from payments.views.pages import page
from statements.documents import PdfUnavailable

logger = logging.getLogger(__name__)


@require_GET
def index(request: HttpRequest, number: str) -> HttpResponse:
    now = clock.now()
    account = access.account(request.user, number, now=now)
    form = ListForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = row_page(
        account,
        utility().zone,
        wanted=wanted.get("status", ""),
        before=wanted.get("before"),
    )
    context = {
        "account": account,
        "standing": queries.standing(account, today=clock.today(utility().zone)),
        "page": rows,
        "status": wanted.get("status", ""),
        "form": form,
        "may_pay": access.may_pay(request.user, account, now=now),
    }
    return page(request, "payments/payments.html", context)


@require_GET
def sheet(request: HttpRequest, number: str) -> HttpResponseBase:
    """Serve the list as a file for spreadsheets."""
    account = access.account(request.user, number, now=clock.now())
    form = ListForm(request.GET)
    status = form.cleaned_data["status"] if form.is_valid() else ""
    rows = rows_of_sheet(account, utility().zone, wanted=status)
    return csv_export.attachment(rows, name=f"payments_{account.number}.csv")


@require_GET
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    payment = access.payment(request.user, reference, now=clock.now())
    return page(request, "payments/receipt_page.html", {"receipt": receipt(payment)})


@require_GET
def pdf(request: HttpRequest, reference: str) -> HttpResponse:
    """Serve the receipt as a document in the reader's language."""
    payment = access.payment(request.user, reference, now=clock.now())
    language = get_language() or payment.account.customer.language
    try:
        content = receipts.render(payment, language)
    except PdfUnavailable:
        logger.exception("receipt.unavailable", extra={"payment": payment.pk})
        return page(request, "payments/receipt_no_pdf.html", {"payment": payment}, status=503)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{_file_name(payment)}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _file_name(payment: Payment) -> str:
    company = slugify(utility().name) or "utility"
    return f"{company}_receipt_{payment.received_on}_{slugify(payment.reference)}.pdf"
