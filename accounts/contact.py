"""Contact data of a customer: what of it may change, and how it was when somebody looked."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Customer
from accounts.names import initials, masked_email, masked_phone
from core.encryption import blind_index

LABELS: dict[str, str | Promise] = {
    "name": _("Name"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "postal_address": _("Postal address"),
    "language": _("Language"),
    "has_special_need": _("Special need"),
}


@dataclass(frozen=True, slots=True)
class ContactChange:
    """What the contact data shall be; `fingerprint` tells how it was when it was shown."""

    name: str
    email: str
    phone: str  # E.164, or empty
    postal_address: str
    language: str
    has_special_need: bool
    fingerprint: str


def fingerprint(customer: Customer) -> str:
    """Return a keyed digest of the contact data, by which a page tells that it has changed."""
    values = [getattr(customer, field) for field in LABELS]
    return blind_index(json.dumps(values), purpose="contact")


def changed_fields(customer: Customer, change: ContactChange) -> list[str]:
    """Return the fields that the change makes different, in the order of the form."""
    return [field for field in LABELS if getattr(customer, field) != getattr(change, field)]


def masked(field: str, value: str | bool) -> str:
    """Return a value as the record keeps it: enough to recognise it, too little to use it."""
    if field == "has_special_need":
        return "…"  # says something about health: the record only tells that it changed
    text = str(value)
    if field == "postal_address" and text:
        return f"#{blind_index(text, purpose='postal_address')[:12]}"
    mask = {"name": initials, "email": masked_email, "phone": masked_phone}.get(field, str)
    return mask(text) if text else ""
