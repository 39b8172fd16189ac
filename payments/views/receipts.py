"""What a customer has paid: the list, its spreadsheet, and the receipt of each payment."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.text import slugify
from django.utils.translation import get_language, ngettext
from django.views.decorators.http import require_GET

from accounts.chosen import choose
from accounts.models import CustomerAccount
from accounts.queries import utility
from core import clock, csv_export
from core.pages import render_part, say, wants_part
from payments import queries, receipts
from payments.access import customer as access
from payments.customer.receipt import receipt
from payments.customer.rows import FILTERS, received, row_page
from payments.customer.rows import sheet as rows_of_sheet
from payments.forms.listing import ListForm
from payments.models import Payment
from payments.views.pages import asked, page
from statements.documents import PdfUnavailable

logger = logging.getLogger(__name__)


@require_GET
def index(request: HttpRequest, number: str) -> HttpResponse:
    """Show what was paid, all of it or what is asked for."""
    now, zone = clock.now(), utility().zone
    account = access.account(request.user, number, now=now)
    choose(request, account)
    form = ListForm(request.GET, years=_years(account))
    wanted, year = form.asked.get("status", ""), form.asked.get("year")
    found = row_page(account, zone, wanted=wanted, year=year, before=form.asked.get("before"))
    context = {
        "account": account,
        "standing": queries.standing(account, today=clock.today(zone)),
        "page": found,
        "status": wanted,
        "status_words": FILTERS.get(wanted, ""),
        "year": year,
        "asked": asked(request),
        "received": None if wanted else received(account, year=year),
        "form": form,
        "may_pay": access.may_pay(request.user, account, now=now),
    }
    parts = ("payments/payments.html", "payments/_payments.html")
    response = render_part(request, *parts, context)
    response["Cache-Control"] = "private, no-store"
    words = ngettext("%(count)s row found", "%(count)s rows found", len(found.rows))
    return say(response, words % {"count": len(found.rows)}) if wants_part(request) else response


@require_GET
def sheet(request: HttpRequest, number: str) -> HttpResponseBase:
    """Serve the list as a file for spreadsheets."""
    account = access.account(request.user, number, now=clock.now())
    wanted = ListForm(request.GET, years=_years(account)).asked
    rows = rows_of_sheet(
        account, utility().zone, wanted=wanted.get("status", ""), year=wanted.get("year")
    )
    return csv_export.attachment(rows, name=f"payments_{account.number}.csv")


def _years(account: CustomerAccount) -> range:
    """Return the years in which something can have been paid, the newest first."""
    return range(clock.today(utility().zone).year, account.opened_on.year - 1, -1)


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
