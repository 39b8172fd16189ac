"""Words that several notices about payments share."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from accounts.models import CustomerAccount, User
from payments.models import Method, Payment


def way(payment: Payment) -> str:
    """Return where a payment came from, as its payer knows it, in the active language."""
    if payment.instrument:
        return payment.instrument
    return _("your bank account") if payment.method == Method.BANK_DEBIT else _("your card")


def addresses(account: CustomerAccount, people: Sequence[User]) -> tuple[str, ...]:
    """Return the mail boxes of the people of an account, else the customer's own."""
    emails = [person.email for person in people if person.email]
    fallback = [account.customer.email] if account.customer.email else []
    return tuple(dict.fromkeys(emails or fallback))
