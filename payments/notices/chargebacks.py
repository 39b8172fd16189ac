"""What the customer is told when their bank has taken a payment back."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import mail_addresses
from core import formats
from notifications.operations import Draft
from payments.models import Chargeback, Payment
from payments.notices.words import way

LOST = "chargeback.lost"


def payment_taken_back(
    chargeback: Chargeback, payment: Payment, amount_minor: int, people: Sequence[User]
) -> Draft:
    """Return the news that a payment, or a part of it in minor units, does not count any more."""
    language = payment.account.customer.language
    with translation.override(language):
        named = {
            "amount": formats.money(amount_minor, chargeback.currency),
            "reference": payment.reference,
            "way": way(payment),
            "date": formats.day(payment.received_on),
        }
        subject = _("Your bank took back %(amount)s") % named
        body = "\n\n".join(
            (
                _(
                    "You paid us on %(date)s with %(way)s, reference %(reference)s. "
                    "Your bank has taken %(amount)s of it back."
                )
                % named,
                _("What this money had paid is open again. Please pay it in another way."),
                _("If you did not expect this, ask your bank first, and then talk to us."),
            )
        )
    return Draft(
        account_id=payment.account_id,
        kind=LOST,
        key=f"{LOST}:{chargeback.pk}",
        subject=subject,
        body=body,
        language=language,
        addresses=mail_addresses(people, payment.account.customer.email),
    )
