"""When the next bill of an account comes, for the pages of paying."""

from __future__ import annotations

from datetime import date

from accounts.models import CustomerAccount, Utility
from statements.presentation.calendar import billing_calendar


def next_bill_on(account: CustomerAccount, house: Utility, *, today: date) -> date | None:
    """Return the usual day of the next bill; None when none comes, or it is late already."""
    coming = billing_calendar(account, house, today=today).next_round
    return coming.bill_on if coming and coming.bill_on >= today else None
