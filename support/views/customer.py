"""The customer in the room: overview, bills with their readings, payments. Nothing changes here."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.queries import utility
from core import clock
from core.pages import render_part
from core.periods import local_date
from payments.customer.receipt import receipt
from payments.customer.rows import row_page
from payments.forms.listing import ListForm
from payments.queries import standing
from statements import documents
from statements.forms import DayForm
from statements.presentation import behind as behind_view
from support import access, queries
from support.presentation import tabs
from support.presentation.bill import help_bill, to_html
from support.presentation.customer import customer_view
from support.presentation.revealed import Field, revealed
from support.views.pages import page

PAGE, PART = "support/customer.html", "support/_customer_part.html"


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Show the customer as a whole, one tab at a time; what is no tab is the overview."""
    real_now, now, zone = clock.real_now(), clock.now(), utility().zone
    grant = access.customer(request.user, real_now)
    asked = request.GET.get("tab", "")
    name = asked if asked in tabs.TABS else "overview"
    view = customer_view(grant, now=now, today=local_date(now, zone))
    context = {
        "grant": grant,
        "view": view,
        "others": queries.others_helping(grant, real_now),
        "tabs": tabs.TABS,
        "tab": name,
        "tab_word": tabs.TABS[name],
        **tabs.tab(name, grant, view, now=now, zone=zone),
    }
    response = render_part(request, PAGE, PART, context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
def bill(request: HttpRequest, number: str) -> HttpResponse:
    now = clock.real_now()
    grant, statement = access.bill(request.user, number, now, action="help.bill")
    view = help_bill(statement, revealed(grant), now=now, today=clock.today(utility().zone))
    masked = {"curve": Field.LOAD_CURVE, "address": Field.ADDRESS}
    return page(request, "support/bill.html", {"grant": grant, "view": view, **masked})


@require_GET
def readings(request: HttpRequest, number: str, seq: int) -> HttpResponse:
    """Show the readings behind a line, once the use by day and hour was asked for."""
    now = clock.real_now()
    grant, statement = access.bill(request.user, number, now, action="help.readings")
    if Field.LOAD_CURVE not in revealed(grant):
        return redirect("support:bill", number)
    form = DayForm(request.GET)
    day = form.cleaned_data["day"] if form.is_valid() else None
    try:
        view = behind_view.behind(statement, seq, day=day, now=now)
    except behind_view.NoSuchLine as error:
        raise Http404(_("This bill has no such line with readings.")) from error
    return page(request, "support/readings.html", {"grant": grant, "view": view})


@require_GET
def pdf(request: HttpRequest, number: str) -> HttpResponse:
    """Serve the bill as it is shown here: what is masked on the page is masked in the file."""
    now = clock.real_now()
    grant, statement = access.bill(request.user, number, now, action="help.bill_pdf")
    view = help_bill(statement, revealed(grant), now=now, today=clock.today(utility().zone))
    try:
        content = documents.to_pdf(to_html(view, get_language() or statement.language))
    except documents.PdfUnavailable:
        context = {"grant": grant, "number": number}
        return page(request, "support/no_pdf.html", context, status=503)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="bill_{statement.number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
def payments(request: HttpRequest, number: str) -> HttpResponse:
    """Show what was paid on one account, and what is on its way."""
    now = clock.real_now()
    grant, account = access.account(request.user, number, now, action="help.payments")
    form = ListForm(request.GET)
    before = form.cleaned_data["before"] if form.is_valid() else None
    zone = utility().zone
    context = {
        "grant": grant,
        "account": account,
        "standing": standing(account, today=clock.today(zone)),
        "page": row_page(account, zone, before=before),
    }
    return page(request, "support/payments.html", context)


@require_GET
def payment(request: HttpRequest, reference: str) -> HttpResponse:
    now = clock.real_now()
    grant, found = access.payment(request.user, reference, now, action="help.payment")
    if Field.ADDRESS not in revealed(grant) and found.account:
        found.account.customer.postal_address = ""  # of this page only: nothing saves it
    return page(request, "support/payment.html", {"grant": grant, "receipt": receipt(found)})
