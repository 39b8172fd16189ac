"""Identifiers that look like the real ones: a prefix and letters nobody can guess."""

from __future__ import annotations

import secrets
import string

LETTERS = string.ascii_letters + string.digits


def new(prefix: str, length: int = 24) -> str:
    return f"{prefix}_{''.join(secrets.choice(LETTERS) for _ in range(length))}"


def session() -> str:
    return new("cs_test", 58)
