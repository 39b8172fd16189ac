"""What a late fee means in the books: rows 10 and 11 of the posting table."""

from __future__ import annotations

from ledger.entries import Entry, Leg
from ledger.models import JournalEntry
from payments.models import LateFee

CHARGED = "late_fee.charged"


def charged_key(statement_id: int, step: int) -> str:
    return f"late:{statement_id}:{step}"


def waived_key(statement_id: int, step: int) -> str:
    return f"{charged_key(statement_id, step)}:waive"


def late_fee_charged(fee: LateFee, account_id: int) -> Entry:
    """Return the entry of a late fee, which is due on the day it is charged."""
    return Entry(
        event_type=CHARGED,
        source_key=charged_key(fee.statement_id, fee.step),
        currency=fee.currency,
        effective_date=fee.charged_on,
        due_on=fee.charged_on,
        legs=(
            Leg("receivable", fee.amount_minor, account_id=account_id),
            Leg("late_fee_income", -fee.amount_minor),
        ),
        reason=f"late fee policy {fee.policy.version}",
        category=JournalEntry.Category.FEE,
    )
