"""Late bills for tests: a policy, a bill that was due on 26 November 2026, and days after it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from core import clock
from payments.models import LateFee, LateFeePolicy
from payments.operations.late_fees import charge_late_fees
from tests.statements.factories import IN_DECEMBER

DUE = date(2026, 11, 26)


def day(number: int) -> date:
    """Return the day so many days after the due date."""
    return DUE + timedelta(days=number)


def make_policy(**changes) -> LateFeePolicy:
    newest = LateFeePolicy.objects.order_by("-version").first()
    values = {
        "version": newest.version + 1 if newest else 1,
        "starts_on": date(2025, 1, 1),
        "currency": "USD",
        "grace_days": 5,
        "flat_minor": 500,
        "percent": Decimal(0),
        "created_by": "system",
    }
    return LateFeePolicy.objects.create(**{**values, **changes})


def charge(today: date, now=IN_DECEMBER) -> int:
    return charge_late_fees(today=today, now=now)


def fees() -> list[tuple[int, int, int]]:
    """Return (step, open, fee) of all late fees, in order."""
    rows = LateFee.objects.order_by("statement", "step")
    return list(rows.values_list("step", "open_minor", "amount_minor"))


def later(**span) -> object:
    return clock.real_now() + timedelta(**span)
