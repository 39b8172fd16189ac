"""The people of the demonstration: the seed creates them, the start prints them."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "meterbook-demo"  # noqa: S105  a demonstration has no secret


@dataclass(frozen=True, slots=True)
class Login:
    """Who signs in, and what a visitor sees as this person."""

    email: str
    shows: str
    password: str = PASSWORD


LOGINS: tuple[Login, ...] = ()
