"""How often each door may be tried, and by whom the tries are counted.

Counted in the database: a limit holds while Redis is away. Nobody is locked out: a refused try
counts nothing, so every limit ends by itself when its window has passed.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.operations.attempts import attempt_key, return_attempt, take_attempt

MINUTES = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in a window for each subject: an address, a person, what was typed."""

    subject: str
    tries: int
    window: timedelta


# Wrong passwords. From outside in: the rows are locked in this order by everybody.
SIGN_IN = (
    Limit("network", 300, HOUR),
    Limit("ip", 60, HOUR),
    Limit("pair", 5, 5 * MINUTES),
    Limit("pair", 20, HOUR),
    Limit("typed", 20, 15 * MINUTES),  # not from where the person is signed in already
)

# Tries at all, right or wrong, by the name of the address. `typed` is the e-mail address.
DOORS: Mapping[str, tuple[Limit, ...]] = {
    "account_login": (Limit("network", 1000, HOUR), Limit("ip", 300, HOUR)),
    "account_signup": (Limit("network", 100, HOUR), Limit("ip", 30, HOUR)),
    "account_reset_password": (
        Limit("network", 100, HOUR),
        Limit("ip", 30, HOUR),
        Limit("typed", 5, HOUR),
    ),
    "account_confirm_password_reset_code": (Limit("ip", 60, HOUR), Limit("session", 15, HOUR)),
    "account_complete_password_reset": (Limit("ip", 60, HOUR), Limit("session", 15, HOUR)),
    "account_email_verification_sent": (Limit("ip", 60, HOUR), Limit("session", 15, HOUR)),
    "invitation": (Limit("ip", 60, HOUR), Limit("session", 15, HOUR)),
    "account_change_password": (Limit("user", 10, HOUR),),
    "account_set_password": (Limit("user", 10, HOUR),),
    "account_email": (Limit("user", 10, HOUR),),
    "otp_login": (Limit("ip", 120, HOUR), Limit("session", 10, 15 * MINUTES)),
    "security_verify": (
        Limit("ip", 120, HOUR),
        Limit("user", 10, 15 * MINUTES),
        Limit("session", 10, 15 * MINUTES),
    ),
    "security_remove": (Limit("user", 10, HOUR),),
    "security_enrol": (Limit("ip", 120, HOUR), Limit("user", 20, HOUR)),
    "security_step_up": (Limit("user", 10, 15 * MINUTES),),
    "support:search": (Limit("user", 240, 10 * MINUTES),),  # results come while one types
}

# Doors whose reading is limited too: a search is asked by its address.
ASKED_BY_GET = frozenset({"support:search"})


def take(
    door: str, limits: Iterable[Limit], subjects: Mapping[str, str], *, now: datetime
) -> list[str]:
    """Count one try under every limit whose subject is known, and return the keys it stands under.

    `now` is real time.

    :raises TooManyAttempts: when one of them has used up its tries; then nothing is counted
    """
    taken = []
    with transaction.atomic():
        for limit in limits:
            if subject := subjects.get(limit.subject):
                key = _key(door, limit, subject)
                take_attempt([key], now=now, limit=limit.tries, window=limit.window)
                taken.append(key)
    return taken


def give_back(keys: Iterable[str], *, taken_at: datetime) -> None:
    """Forget a try that was no failure, so that those who know their password use up nothing."""
    for key in keys:  # one by one: takers lock them in another order
        return_attempt(key, tried_at=taken_at)


def of_address(ip: str) -> dict[str, str]:
    """Return the subjects of a client's address: itself (its /64), and its network (/24 or /48)."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return {"ip": ip}
    narrow, wide = (32, 24) if address.version == 4 else (64, 48)
    return {"ip": _network(ip, narrow), "network": _network(ip, wide)}


def of_typed(text: str) -> dict[str, str]:
    """Return the subject of an e-mail address that somebody typed, known to us or not."""
    return {"typed": text.strip().lower()[:254]}


def _network(ip: str, prefix: int) -> str:
    return str(ipaddress.ip_network(f"{ip}/{prefix}", strict=False))


def _key(door: str, limit: Limit, subject: str) -> str:
    """Return the key of one window of one subject at one door; its name says only the kind."""
    counted = f"{door} {int(limit.window.total_seconds())} {subject}"
    return attempt_key("door", limit.subject, counted)
