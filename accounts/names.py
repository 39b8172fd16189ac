"""Names and addresses as people see them who may not see the whole."""

from __future__ import annotations

import re

EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")


def initials(name: str) -> str:
    """Return "A. L." for "Ada Lovelace"."""
    return " ".join(f"{part[0]}." for part in name.split()) or "–"


def masked_email(email: str) -> str:
    """Return "a…@e….org" for "ada@example.org", or empty."""
    person, _at, domain = email.partition("@")
    host, _dot, top = domain.rpartition(".")
    return f"{person[:1]}…@{host[:1]}….{top}" if person and host else ""


def masked_phone(phone: str) -> str:
    """Return the last two digits of a number, "… 68", or empty."""
    return f"… {phone[-2:]}" if phone else ""


def without_emails(text: str) -> str:
    """Return the text with every e-mail address in it masked."""
    return EMAIL.sub(lambda found: masked_email(found.group()), text)
