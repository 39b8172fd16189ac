"""The list of bills: what each asked for, what is paid of it, and its state in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from core.periods import last_day, local_date
from ledger.queries import Settlement, State, settlement
from statements import entries
from statements.models import Statement


@dataclass(frozen=True)
class BillRow:
    """One bill of the list; amounts in minor units."""

    statement: Statement
    first_day: date
    last_day: date
    open_minor: int
    state: str
    tag: str  # a kind of the tag component

    @property
    def total_minor(self) -> int:
        return self.statement.total_minor


def rows(statements: Iterable[Statement], *, today: date) -> list[BillRow]:
    """Return the rows of these bills; one query. Statements come with their account."""
    listed = list(statements)
    settled = settlement([entries.issue_key(statement.pk) for statement in listed])
    return [
        _row(statement, settled.get(entries.issue_key(statement.pk)), today) for statement in listed
    ]


def _row(statement: Statement, settled: Settlement | None, today: date) -> BillRow:
    is_live = statement.state == Statement.State.ISSUED
    open_minor = settled.open if settled and is_live else 0
    state, tag = _state(statement, settled, open_minor, today)
    return BillRow(
        statement=statement,
        first_day=local_date(statement.starts_at, statement.zone),
        last_day=last_day(statement.period, statement.zone),
        open_minor=open_minor,
        state=state,
        tag=tag,
    )


def _state(
    statement: Statement, settled: Settlement | None, open_minor: int, today: date
) -> tuple[str, str]:
    if statement.state != Statement.State.ISSUED:
        return str(statement.get_state_display()), "off"
    if statement.total_minor < 0:
        return _("Credit"), "good"
    if not open_minor:
        return (_("Paid"), "good") if settled else (_("Nothing to pay"), "good")
    if statement.due_date and statement.due_date < today:
        return _("Overdue"), "warn"
    if settled and settled.state == State.PART_PAID:
        return _("Part paid"), "wait"
    return _("To pay"), "wait"
