"""Changing contact data and telling the customer, in one transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.access import accounts_of_customer
from accounts.contact import ContactChange
from accounts.models import AssistanceGrant, Customer, User
from accounts.operations import contact
from accounts.operations.grants import NotLive, raise_level
from accounts.queries import people_to_tell, utility
from notifications.operations import announce
from support import notices

ChangedSince = contact.ChangedSince
NothingChanged = contact.NothingChanged

__all__ = ["ChangedSince", "NotLive", "NothingChanged", "change_contact"]


@transaction.atomic
def change_contact(
    customer: Customer,
    *,
    changes: ContactChange,
    actor: User,
    now: datetime,
    real_now: datetime,
    grant: AssistanceGrant | None = None,
) -> list[str]:
    """Change the contact data, note it, and tell the old and the new address; return the fields.

    :param grant: the help session within which an employee does it
    :raises ChangedSince: if it is not any more as the person saw it
    :raises NothingChanged: if it would stay as it is
    :raises NotLive: if the help session has ended meanwhile
    """
    if grant is not None:
        raise_level(grant, real_now)
    old_email = customer.email
    fields = contact.change_contact(customer, changes=changes, actor=actor, grant=grant)
    customer.refresh_from_db()
    accounts = list(accounts_of_customer(customer))
    people = people_to_tell([account.pk for account in accounts], now)
    logins = [person.email for told in people.values() for person in told]
    every = dict.fromkeys(address for address in (old_email, customer.email, *logins) if address)
    drafts = notices.contact_changed(
        customer,
        accounts,
        fields,
        actor=actor,
        grant=grant,
        addresses=tuple(every),
        house=utility(),
    )
    announce(drafts, now=now)
    return fields
