"""Changing how a customer, or a person who signs in, is reached."""

from __future__ import annotations

from django.db import transaction

from accounts.contact import LABELS, ContactChange, changed_fields, fingerprint, masked
from accounts.doors import mails
from accounts.models import AssistanceGrant, Customer, User
from accounts.operations.audit import audit

CHANGED = "contact.change"
PERSON_CHANGED = "user.change"


class ChangedSince(Exception):
    """Somebody changed the contact data after the form was shown."""


class NothingChanged(Exception):
    """The contact data is what it shall be already."""


@transaction.atomic
def change_contact(
    customer: Customer,
    *,
    changes: ContactChange,
    actor: User,
    grant: AssistanceGrant | None = None,
) -> list[str]:
    """Change the contact data of a customer and return the names of the changed fields.

    :raises ChangedSince: if it is not any more as the person saw it
    :raises NothingChanged: if it would stay as it is
    """
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    if fingerprint(held) != changes.fingerprint:
        raise ChangedSince
    fields = changed_fields(held, changes)
    if not fields:
        raise NothingChanged
    detail = {
        "changed": fields,
        "before": {field: masked(field, getattr(held, field)) for field in fields},
        "after": {field: masked(field, getattr(changes, field)) for field in fields},
    }
    for field in fields:
        setattr(held, field, getattr(changes, field))
    held.save(update_fields=[*fields, *(["phone_index"] if "phone" in fields else [])])
    audit(CHANGED, held, actor=actor, customer=held, grant=grant, detail=detail)
    return fields


def change_language(customer: Customer, language: str, *, actor: User) -> None:
    """Write to a customer in another language from now on.

    :raises ChangedSince: if somebody changed the contact data in this moment
    :raises NothingChanged: if it is their language already
    """
    held = {field: getattr(customer, field) for field in LABELS}
    changes = ContactChange(**{**held, "language": language}, fingerprint=fingerprint(customer))
    change_contact(customer, changes=changes, actor=actor)


@transaction.atomic
def change_person(user: User, *, name: str, phone: str, language: str) -> list[str]:
    """Change what a person told of themselves, mail them that it happened; return the fields.

    :param phone: E.164, or empty
    :raises NothingChanged: if it would stay as it is
    """
    held = User.objects.select_for_update().get(pk=user.pk)
    wanted = {"name": name, "phone": phone, "language": language}
    fields = [field for field, value in wanted.items() if getattr(held, field) != value]
    if not fields:
        raise NothingChanged
    detail = {
        "changed": fields,
        "before": {field: masked(field, getattr(held, field)) for field in fields},
        "after": {field: masked(field, wanted[field]) for field in fields},
    }
    for field in fields:
        setattr(held, field, wanted[field])
    held.save(update_fields=[*fields, *(["phone_index"] if "phone" in fields else [])])
    audit(PERSON_CHANGED, held, actor=user, detail=detail)
    mails.tell(held, mails.Change.DETAILS)
    return fields
