"""Tell who is late."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.db import transaction

from accounts.queries import people_to_tell
from core import clock
from ledger.queries import settlement
from notifications.operations import announce
from payments import notices, queries
from statements import entries
from statements.models import Statement

BATCH = 500


def notify_overdue(*, today: date, now: datetime) -> int:
    """Tell, once for each bill, that its due date has passed and money is open; return how many.

    Works in batches with a constant number of queries each; a repeat tells nobody twice.

    :param today: the utility's day; a bill is overdue on the day after its due date
    """
    told = 0
    for statements in _batches(today):
        told += _tell(statements, now=now)
    return told


def _batches(today: date) -> Iterator[Sequence[Statement]]:
    after = 0
    while statements := list(queries.past_due(today).filter(pk__gt=after)[:BATCH]):
        yield statements
        after = statements[-1].pk


@transaction.atomic
def _tell(statements: Sequence[Statement], *, now: datetime) -> int:
    by_key = settlement([entries.issue_key(statement.pk) for statement in statements])
    late = [
        (statement, settled.open)
        for statement in statements
        if (settled := by_key.get(entries.issue_key(statement.pk))) and settled.open
    ]
    people = people_to_tell([statement.account_id for statement, _ in late], clock.real_now())
    announce(
        [
            notices.statement_overdue(statement, minor, people.get(statement.account_id, []))
            for statement, minor in late
        ],
        now=now,
    )
    return len(late)
