"""Reads about runs and statements that span tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import BigIntegerField, Count, QuerySet, Sum
from django.db.models.expressions import RawSQL

from core.money import from_minor
from statements.models import BillingRun, RunItem, Statement

# Of a bill: a number that grows once another bill before it counts, or one no longer does; a
# bill is issued and may then be taken back, but never the other way.
EARLIER = RawSQL(
    """
    (SELECT COALESCE(sum(CASE before.state WHEN 'issued' THEN 1 WHEN 'cancelled' THEN 2
                         WHEN 'superseded' THEN 3 ELSE 0 END), 0)
     FROM statements_statement before
     WHERE before.account_id = statements_statement.account_id
       AND before.ends_at <= statements_statement.starts_at)
    """,
    [],
    output_field=BigIntegerField(),
)


@dataclass(frozen=True)
class Parked:
    """An account that a run could not bill, and why."""

    account: str
    code: str
    detail: str


@dataclass(frozen=True)
class RunSummary:
    """What a run has done so far, in numbers."""

    run: int
    month: str
    sequence: int
    state: str
    items: Mapping[str, int]
    issued_minor: Mapping[str, int]  # by currency
    parked: Sequence[Parked]
    held: Sequence[Parked]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def as_text(self) -> str:
        """Return the summary as lines for a terminal."""
        counts = ", ".join(f"{count} {state}" for state, count in sorted(self.items.items()))
        lines = [f"run {self.run} for {self.month} #{self.sequence}: {self.state}", counts]
        for currency, minor in self.issued_minor.items():
            lines.append(f"issued {from_minor(minor, currency)} {currency}")
        for word, rows in (("parked", self.parked), ("held", self.held)):
            lines += [f"{word} {row.account}: {row.code} {row.detail}".rstrip() for row in rows]
        return "\n".join(line for line in lines if line)


def has_bills() -> bool:
    """Tell whether a bill was ever issued."""
    return Statement.objects.visible().exists()


def issued_bills(account_ids: Collection[int]) -> QuerySet[Statement]:
    """Return the bills of these accounts that count: issued and not taken back."""
    found = Statement.objects.filter(state=Statement.State.ISSUED, account_id__one_of=account_ids)
    return found.order_by("due_date", "pk")


def run_summary(run: BillingRun, *, most: int = 100) -> RunSummary:
    """Count a run's items and what it has issued; list at most `most` parked and held accounts."""
    items = RunItem.objects.filter(run=run)
    counts = items.values_list("state").annotate(count=Count("pk")).order_by("state")
    issued = Statement.objects.visible().filter(run=run).values_list("currency")
    return RunSummary(
        run=run.pk,
        month=run.month,
        sequence=run.sequence,
        state=run.state,
        items=dict(counts),
        issued_minor=dict(issued.annotate(sum=Sum("total_minor")).order_by("currency")),
        parked=_listed(run, RunItem.State.PARKED, most),
        held=_listed(run, RunItem.State.HELD, most),
    )


def _listed(run: BillingRun, state: str, most: int) -> list[Parked]:
    rows = RunItem.objects.filter(run=run, state=state).order_by("account__number")
    return [
        Parked(*row) for row in rows.values_list("account__number", "error_code", "error")[:most]
    ]
