"""What was adjusted beside a bill, as the lines under it say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from statements.models import Adjustment, Statement


@dataclass(frozen=True)
class AdjustmentRow:
    """One adjustment in words; its amount in minor units, negative is credit."""

    on: date
    amount_minor: int
    currency: str
    reason: str
    text: str
    state: str  # in words, when it is not simply posted


def posted(statement: Statement) -> list[AdjustmentRow]:
    """Return what a customer sees: what the books have, the oldest first; one query."""
    return _rows(statement, Adjustment.IN_BOOKS)


def everything(statement: Statement) -> list[AdjustmentRow]:
    """Return what an employee sees: also what waits for a second person."""
    return _rows(statement, (*Adjustment.IN_BOOKS, Adjustment.State.WAITING))


def _rows(statement: Statement, states: Sequence[str]) -> list[AdjustmentRow]:
    found = statement.adjustments.filter(state__in=states).order_by("pk")
    return [
        AdjustmentRow(
            on=each.posted_on or each.requested_on,
            amount_minor=each.amount_minor,
            currency=each.currency,
            reason=str(each.get_reason_code_display()),
            text=each.customer_text,
            state="" if each.state == Adjustment.State.POSTED else str(each.get_state_display()),
        )
        for each in found
    ]
