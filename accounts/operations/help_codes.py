"""Codes that customers read out to show who is calling: six digits, ten minutes, once."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Customer, HelpCode, User
from accounts.operations.attempts import attempt_key, take_attempt
from accounts.operations.audit import audit
from core.encryption import blind_index

DIGITS = 6
LIFETIME = timedelta(minutes=10)
TRIES = 5
WINDOW = timedelta(minutes=15)
CODES = 10  # that one person may ask for in an hour
HOUR = timedelta(hours=1)


@transaction.atomic
def issue(customer: Customer, *, shown_to: User, real_now: datetime) -> str:
    """Make a new code and return it; earlier codes of the customer end.

    :raises TooManyAttempts: when too many were asked for in an hour
    """
    key = attempt_key("help_code", "issued", str(shown_to.pk))
    take_attempt([key], now=real_now, limit=CODES, window=HOUR)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    _live(customer, real_now).update(expires_at=real_now)
    row = HelpCode.objects.create(
        customer=customer,
        shown_to=shown_to,
        code_hash=_digest(customer, code),
        created_at=real_now,
        expires_at=real_now + LIFETIME,
    )
    audit("help_code.issue", row, actor=shown_to, customer=customer)
    return code


def count_try(employee: User, customer: Customer, *, real_now: datetime) -> None:
    """Count one code that an employee types, right or wrong.

    :raises TooManyAttempts: when the tries of the employee, or for the customer, are used up
    """
    keys = [
        attempt_key("help_code", "employee", str(employee.pk)),
        attempt_key("help_code", "customer", str(customer.pk)),
    ]
    take_attempt(keys, now=real_now, limit=TRIES, window=WINDOW)


def use(customer: Customer, code: str, *, real_now: datetime) -> bool:
    """Use up the code if it is the customer's, live and unused; say whether it was."""
    digits = "".join(each for each in code if each.isdigit())
    wanted = _live(customer, real_now).filter(code_hash=_digest(customer, digits))
    return wanted.update(used_at=real_now) == 1


def _live(customer: Customer, real_now: datetime) -> QuerySet[HelpCode]:
    return HelpCode.objects.filter(customer=customer, used_at__isnull=True, expires_at__gt=real_now)


def _digest(customer: Customer, code: str) -> str:
    return blind_index(f"{customer.pk}:{code}", purpose="help_code")
