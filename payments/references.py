"""References that a customer can read out on the phone: K7QP-3MXF-W2."""

from __future__ import annotations

import secrets

from stdnum import luhn

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that looks like something else
LENGTH = 10  # with its check character; 44 bits of chance


def new_reference() -> str:
    """Return a reference that nobody can guess from another one."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return _grouped(body + luhn.calc_check_digit(body, ALPHABET))


def clean(text: str) -> str:
    """Return what was typed as it is stored, or nothing when it is no reference."""
    typed = "".join(text.upper().replace("-", " ").split())
    if len(typed) != LENGTH or not luhn.is_valid(typed, ALPHABET):
        return ""
    return _grouped(typed)


def _grouped(characters: str) -> str:
    return "-".join(characters[i : i + 4] for i in range(0, LENGTH, 4))
