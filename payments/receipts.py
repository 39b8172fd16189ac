"""The PDF of a receipt: made when it is asked for, the same bytes from the same books."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from payments.customer.receipt import receipt
from payments.models import Payment
from statements import documents


def render(payment: Payment, language: str) -> bytes:
    """Return the PDF of a payment's receipt.

    :raises PdfUnavailable: if Pango is missing
    """
    return documents.to_pdf(to_html(payment, language))


def to_html(payment: Payment, language: str) -> str:
    """Return the document in a language, from the template that the page uses too."""
    with translation.override(language):
        view = receipt(payment)
        title = _("Receipt %(number)s") % {"number": payment.reference}
        context = {
            "receipt": view,
            "language": language,
            "is_rtl": translation.get_language_bidi(),
            "title": f"{title} – {view.utility.name}",
            "created": payment.received_on.isoformat(),
        }
        return render_to_string("payments/receipt_document.html", context)
