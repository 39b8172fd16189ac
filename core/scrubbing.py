"""What leaves the process as text carries no secret of this installation and no card number."""

from __future__ import annotations

import re

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from core.card_numbers import masked, masked_tree

HIDDEN = "[hidden]"
SHORTEST = 8  # shorter values would hide ordinary words
SECRET_SETTINGS = (
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "FIELD_KEYS",
    "FIELD_INDEX_KEY",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRETS",
    "EMAIL_HOST_PASSWORD",
)
_SHAPES = re.compile(
    r"\b(?P<key>(?:sk|rk)_(?:live|test)_|whsec_)[A-Za-z0-9_+/=-]+"
    r"|(?P<header>\bAuthorization[\"']?\s*[:=,]\s*[\"']?(?:Bearer|Basic|Digest)?\s*)[^\s\"',;)]+"
    r"|(?P<scheme>\b(?:Bearer|Basic) )[A-Za-z0-9._~+/=-]{8,}"
    r"|(?P<address>\b[a-z][a-z0-9+.-]*://[^\s:/@\"']*:)[^\s/@\"']+(?=@)",  # user:password@host
    re.IGNORECASE,
)


def scrubbed(text: str) -> str:
    """Return the text without secrets, and with card numbers masked."""
    for secret in _own_secrets():
        text = text.replace(secret, HIDDEN)
    return masked(_SHAPES.sub(_hide, text))


def scrubbed_tree(value: object) -> object:
    """Return a value as plain data whose texts are scrubbed; what is no JSON becomes its text."""
    if isinstance(value, dict):
        return {scrubbed(str(key)): scrubbed_tree(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [scrubbed_tree(each) for each in value]
    if value is None or isinstance(value, bool | float):
        return value
    return masked_tree(value) if isinstance(value, int) else scrubbed(str(value))


def _hide(found: re.Match[str]) -> str:
    return next(filter(None, found.groups()), "") + HIDDEN


def _own_secrets() -> list[str]:
    """Return the secrets of the settings, the longest first, as they are at this moment."""
    found: set[str] = set()
    for name in SECRET_SETTINGS:
        found |= _texts(name)
    return sorted((s for s in found if len(s) >= SHORTEST), key=len, reverse=True)


def _texts(name: str) -> set[str]:
    try:
        value = getattr(settings, name, "")
    except ImproperlyConfigured:  # Django's word for an empty SECRET_KEY
        return set()
    return {str(each) for each in ([value] if isinstance(value, str) else value or [])}
