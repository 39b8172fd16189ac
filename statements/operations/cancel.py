"""Take an issued statement back: a mirror entry and a numbered document, never an edit."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.operations import audit
from accounts.queries import people_to_tell, utility
from core import clock
from core.periods import local_date
from ledger import operations as ledger
from ledger.models import JournalEntry
from notifications.operations import announce
from statements import entries, notices, numbers
from statements.models import Cancellation, Statement, StatementCoverage
from statements.operations.adjusting import take_back


class NotCancellable(Exception):
    """The statement is not issued, or was cancelled already."""


class ReasonMissing(ValueError):
    """A cancellation without a reason in words."""


@transaction.atomic(durable=True)
def cancel(
    statement: Statement, *, reason: str, actor: User | None, cancelled_at: datetime
) -> Cancellation:
    """Reverse the statement's entry, release what was allocated to it and number the document.

    The statement keeps its number; its agreements and period can be billed again. What was
    adjusted on it goes with it.

    :raises ReasonMissing: if the reason is empty
    :raises NotCancellable: if the statement is not issued any more
    """
    if not reason.strip():
        raise ReasonMissing("say why the statement is cancelled")
    ledger.lock([statement.account_id])
    issued = Statement.objects.filter(pk=statement.pk, state=Statement.State.ISSUED)
    if not issued.update(state=Statement.State.CANCELLED):
        raise NotCancellable(f"{statement} is not an issued statement")
    statement.refresh_from_db()
    StatementCoverage.objects.filter(statement=statement).update(live=False)
    by = actor.email if actor else "system"
    _reverse(statement, reason=reason, actor=by, cancelled_at=cancelled_at)
    take_back(statement, actor=actor, on=local_date(cancelled_at, statement.zone))
    audit("statement.cancel", statement, actor=actor, account=statement.account)
    people = people_to_tell([statement.account_id], clock.real_now())
    announce(
        [notices.statement_cancelled(statement, people.get(statement.account_id, []))],
        now=cancelled_at,
    )
    (number,) = numbers.take(
        numbers.CANCELLATION, year=local_date(cancelled_at, utility().zone).year, count=1
    )
    return Cancellation.objects.create(
        statement=statement, number=number, reason=reason, actor=by, cancelled_at=cancelled_at
    )


def _reverse(statement: Statement, *, reason: str, actor: str, cancelled_at: datetime) -> None:
    entry = JournalEntry.objects.filter(source_key=entries.issue_key(statement.pk)).first()
    if entry is None:  # a statement over nothing has no entry
        return
    ledger.reverse(
        entry.pk,
        source_key=entries.cancel_key(statement.pk),
        effective_date=local_date(cancelled_at, statement.zone),
        reason=reason[:200],
        actor=actor,
    )
