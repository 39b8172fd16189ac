"""Customers, employees and help sessions for tests."""

from __future__ import annotations

from datetime import UTC, datetime

from accounts.grants import helping_role
from accounts.operations import grants
from tests.statements.factories import make_staff

NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)
NOTE = "asks about the October bill"


def open_session(employee=None, customer=None, *, at=NOON, **options):
    """Open a session by the employee's own role, with a ticket unless it is said otherwise."""
    employee = employee or make_staff("support")
    values = {
        "role": helping_role(employee),
        "reason": "bill",
        "note": NOTE,
        "channel": "call",
        "caller_check": "ticket",
        "ticket": "T-1",
        **options,
    }
    return grants.open_grant(employee, customer, real_now=at, **values)
