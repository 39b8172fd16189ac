"""Help for tests about adjustments: a bill, a help session, and the operation."""

from __future__ import annotations

import uuid
from datetime import timedelta

from core import clock
from statements.models import Adjustment
from statements.operations import adjusting
from tests.payments.paying import NOW
from tests.statements.factories import make_staff
from tests.support.helping import open_session

TODAY = NOW.date()


def session_with(statement, employee=None):
    """Open a help session of an employee with the customer of a bill, as of now."""
    employee = employee or make_staff("support")
    at = clock.real_now() - timedelta(minutes=1)
    return open_session(employee, statement.account.customer, at=at)


def adjust(statement, amount_minor, grant, **changes) -> Adjustment:
    values = {
        "reason_code": "goodwill",
        "note": "The line was down for two days",
        "customer_text": "",
        "token": uuid.uuid4(),
        "now": NOW,
        **changes,
    }
    return adjusting.adjust(
        statement, amount_minor=amount_minor, grant=grant, real_now=clock.real_now(), **values
    )


def approve(adjustment, person, asked=None):
    from accounts.operations import approvals

    asked = asked or approvals.waiting_for(adjusting.KIND, adjustment)
    adjusting.approve_adjustment(
        adjustment, asked=asked, decided_by=person, now=NOW, real_now=clock.real_now()
    )
