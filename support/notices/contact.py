"""What a customer is told when their contact data changed, by themselves or by us."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.contact import LABELS
from accounts.models import AssistanceGrant, Customer, CustomerAccount, User, Utility
from notifications.operations import Draft
from support.notices.words import by_whom, if_unexpected, new_key

CONTACT_CHANGED = "contact.changed"


def contact_changed(
    customer: Customer,
    accounts: Sequence[CustomerAccount],
    fields: Sequence[str],
    *,
    actor: User,
    grant: AssistanceGrant | None,
    addresses: tuple[str, ...],
    house: Utility,
) -> list[Draft]:
    """Return one notice for each inbox of the customer; one of them is mailed.

    It names what changed and not the new values: the old address reads it too.
    """
    with translation.override(customer.language):
        subject = _("Your contact data was changed")
        what = ", ".join(str(LABELS[field]) for field in fields)
        body = "\n\n".join(
            (
                _("Changed: %(fields)s.") % {"fields": what},
                by_whom(actor, grant),
                if_unexpected(house),
            )
        )
    return [
        Draft(
            account_id=account.pk,
            kind=CONTACT_CHANGED,
            key=new_key(CONTACT_CHANGED),
            subject=subject,
            body=body,
            language=customer.language,
            link="/profile/",
            addresses=() if place else addresses,
        )
        for place, account in enumerate(accounts)
    ]
