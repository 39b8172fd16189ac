"""What the customer is told about money that goes back to them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import mail_addresses
from core import formats
from notifications.operations import Draft
from payments.models import Payment, Refund
from payments.notices.words import way

SENT = "refund.sent"
FAILED = "refund.failed"


def refund_sent(refund: Refund, payment: Payment, people: Sequence[User]) -> Draft:
    """Return the news that a refund is on its way to the payer's card or bank."""
    with translation.override(payment.account.customer.language):
        named = _named(refund, payment)
        subject = _("We have refunded %(amount)s") % named
        body = "\n\n".join(
            (
                _("We have sent %(amount)s of your payment %(reference)s back to %(way)s.") % named,
                _("Banks take up to ten working days to show it."),
            )
        )
    return _draft(SENT, refund, payment, people, subject, body)


def refund_failed(refund: Refund, payment: Payment, people: Sequence[User]) -> Draft:
    """Return the news that a refund did not arrive, and where the money is."""
    with translation.override(payment.account.customer.language):
        named = _named(refund, payment)
        subject = _("Your refund of %(amount)s did not arrive") % named
        body = "\n\n".join(
            (
                _("We could not send %(amount)s of your payment %(reference)s to %(way)s.") % named,
                _("Your money is not lost: it is on your account with us again."),
                _("You need do nothing now; we will find another way with you."),
            )
        )
    return _draft(FAILED, refund, payment, people, subject, body)


def _named(refund: Refund, payment: Payment) -> dict[str, str]:
    return {
        "amount": formats.money(refund.amount_minor, refund.currency),
        "reference": payment.reference,
        "way": way(payment),
    }


def _draft(
    kind: str, refund: Refund, payment: Payment, people: Sequence[User], subject: str, body: str
) -> Draft:
    return Draft(
        account_id=payment.account_id,
        kind=kind,
        key=f"{kind}:{refund.pk}:{refund.failures}",
        subject=subject,
        body=body,
        language=payment.account.customer.language,
        addresses=mail_addresses(people, payment.account.customer.email),
    )
