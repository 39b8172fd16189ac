"""What an adjustment would change: shown before it is asked for, and to who decides."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.db.models import Sum

from ledger.queries import balance, settlement
from statements import entries
from statements.models import Adjustment, Statement

KIND = "adjustment.approve"


@dataclass(frozen=True, slots=True)
class Effect:
    """A bill and its account before and after, in minor units; positive is owed by the customer."""

    adjusted_before: int  # the bill's charges with what was adjusted so far
    adjusted_after: int
    balance_before: int
    balance_after: int
    open_minor: int  # of the bill, before

    @property
    def before(self) -> dict[str, int]:
        return {"adjusted_minor": self.adjusted_before, "balance_minor": self.balance_before}

    @property
    def after(self) -> dict[str, int]:
        return {"adjusted_minor": self.adjusted_after, "balance_minor": self.balance_after}


def effect(statement: Statement, amount_minor: int) -> Effect:
    """Return what an adjustment would change now; negative amounts are credit."""
    adjusted = statement.total_minor + adjusted_minor(statement)
    stands = balance(statement.account_id, statement.currency).balance
    key = entries.issue_key(statement.pk)
    settled = settlement([key]).get(key)
    return Effect(
        adjusted_before=adjusted,
        adjusted_after=adjusted + amount_minor,
        balance_before=stands,
        balance_after=stands + amount_minor,
        open_minor=settled.open if settled else 0,
    )


def adjusted_minor(statement: Statement) -> int:
    """Return what was posted on a bill so far, in minor units; negative is credit."""
    posted = statement.adjustments.filter(state=Adjustment.State.POSTED)
    return int(posted.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def fingerprint(adjustment: Adjustment) -> str:
    """Return what tells whether the bill is as it was when the adjustment was asked for."""
    statement = adjustment.statement
    said = (
        statement.pk,
        statement.state,
        adjusted_minor(statement),
        adjustment.amount_minor,
        adjustment.reason_code,
    )
    return hashlib.sha256(repr(said).encode()).hexdigest()
