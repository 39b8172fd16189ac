"""What the customer hears about a payment: that it came, or that it did not."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import mail_addresses
from core import formats
from notifications.operations import Draft
from payments.models import Payment, PaymentAttempt
from payments.words import failure

RECEIVED = "payment.received"
FAILED = "payment.failed"


def payment_received(payment: Payment, people: Sequence[User], *, credit_minor: int) -> Draft:
    """Return the notice that an online payment came, with its reference and receipt.

    :param credit_minor: what of it no bill needed, in minor units
    """
    attempt = payment.attempt
    language = attempt.language if attempt else payment.account.customer.language
    with translation.override(language):
        amount = formats.money(payment.amount_minor, payment.currency)
        subject = _("We have received %(amount)s") % {"amount": amount}
        body = "\n\n".join(_told(payment, credit_minor))
    return Draft(
        account_id=payment.account_id,
        kind=RECEIVED,
        key=f"{RECEIVED}:{payment.pk}",
        subject=subject,
        body=body,
        language=language,
        link=f"/payments/{payment.reference}/",
        addresses=mail_addresses(people, payment.account.customer.email),
    )


def payment_failed(attempt: PaymentAttempt, people: Sequence[User]) -> Draft:
    """Return the notice that a bank debit did not succeed, why, and what to do."""
    with translation.override(attempt.language):
        amount = formats.money(attempt.amount_minor, attempt.currency)
        subject = _("Your payment of %(amount)s did not succeed") % {"amount": amount}
        body = "\n\n".join(
            (
                failure(attempt.failure_code),
                _("Nothing was taken. The amount is open again."),
                _("Reference: %(reference)s") % {"reference": attempt.reference},
            )
        )
    return Draft(
        account_id=attempt.account_id,
        kind=FAILED,
        key=f"{FAILED}:{attempt.pk}",
        subject=subject,
        body=body,
        language=attempt.language,
        link=f"/pay/{attempt.reference}/",
        addresses=mail_addresses(people, attempt.account.customer.email),
    )


def _told(payment: Payment, credit_minor: int) -> list[str]:
    attempt = payment.attempt
    told = [_("Thank you. Your payment is in our books.")]
    if attempt and attempt.statement:
        told.append(_("It is for bill %(number)s.") % {"number": attempt.statement.number})
    if credit_minor:
        credit = formats.money(credit_minor, payment.currency)
        told.append(_("%(amount)s of it stays as credit for your next bill.") % {"amount": credit})
    if payment.instrument:
        told.append(_("Paid with %(instrument)s.") % {"instrument": payment.instrument})
    told.append(_("Reference: %(reference)s") % {"reference": payment.reference})
    return told
