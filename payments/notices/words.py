"""Words that several notices about payments share."""

from __future__ import annotations

from django.utils.translation import gettext as _

from payments.models import Method, Payment


def way(payment: Payment) -> str:
    """Return where a payment came from, as its payer knows it, in the active language."""
    if payment.instrument:
        return payment.instrument
    return _("your bank account") if payment.method == Method.BANK_DEBIT else _("your card")
