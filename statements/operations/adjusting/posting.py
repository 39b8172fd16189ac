"""Book an adjustment and tell the customer; take it back with its bill.

The caller holds the lock of the account.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from accounts.models import User
from accounts.operations import audit
from accounts.queries import people_to_tell, utility
from ledger import operations as ledger
from ledger.models import JournalEntry
from notifications.operations import announce
from statements import entries, notices
from statements.models import Adjustment, Statement

State = Adjustment.State


class AlreadyPosted(Exception):
    """The adjustment does not wait any more."""


def post(
    adjustment: Adjustment,
    *,
    decided_by: User | None,
    on: date,
    now: datetime,
    real_now: datetime,
) -> None:
    """Post an adjustment that waits; a credit pays its own bill first, then what is open.

    :raises AlreadyPosted: if it does not wait any more
    :raises PeriodClosed: if the books of the day are closed
    """
    waiting = Adjustment.objects.filter(pk=adjustment.pk, state=State.WAITING)
    if not waiting.update(state=State.POSTED, decided_by=decided_by, posted_on=on):
        raise AlreadyPosted(f"{adjustment} does not wait")
    adjustment.refresh_from_db()
    statement = adjustment.statement
    by = (decided_by or adjustment.requested_by).email
    due_on = _due_on(adjustment, on)
    ledger.post(
        entries.adjustment_posted(
            adjustment, statement.account_id, on=on, due_on=due_on, actor=by[:120]
        )
    )
    _allocate(statement)
    people = people_to_tell([statement.account_id], real_now).get(statement.account_id, [])
    announce([notices.bill_adjusted(adjustment, people, due_on=due_on)], now=now)


def take_back(statement: Statement, *, actor: User | None, on: date) -> int:
    """Reverse what was posted on a bill that is cancelled; return how many adjustments."""
    posted = list(statement.adjustments.filter(state=State.POSTED).order_by("pk"))
    for adjustment in posted:
        entry = JournalEntry.objects.get(source_key=entries.adjustment_key(adjustment.pk))
        ledger.reverse(
            entry.pk,
            source_key=entries.adjustment_reversal_key(adjustment.pk),
            effective_date=on,
            reason="the bill is cancelled",
            actor=actor.email if actor else "system",
        )
        Adjustment.objects.filter(pk=adjustment.pk).update(state=State.REVERSED)
        audit("adjustment.reverse", adjustment, actor=actor, account=statement.account)
    return len(posted)


def _due_on(adjustment: Adjustment, on: date) -> date | None:
    """Return when a charge is due: with a new term, but not before its bill."""
    if adjustment.amount_minor < 0:
        return None
    term = on + timedelta(days=utility().payment_term_days)
    return max(term, adjustment.statement.due_date or term)


def _allocate(statement: Statement) -> None:
    issued = JournalEntry.objects.filter(source_key=entries.issue_key(statement.pk))
    first = list(issued.values_list("pk", flat=True))
    ledger.allocate([statement.account_id], prefer={statement.account_id: first})
