"""The billing run console: how far runs are, and which accounts wait for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.db.models.query import QuerySet
from django.utils.translation import gettext as _

from core import formats
from statements.models import BillingRun, RunItem, Statement
from statements.problems import HOLDS, WAYS_OUT

SHOWN = 100


@dataclass(frozen=True)
class StateCount:
    """How many accounts of a run are in a state."""

    state: str
    label: str
    count: int


@dataclass(frozen=True)
class StateSum:
    """What the bills of a run in one state add up to, in minor units."""

    state: str
    label: str
    currency: str
    total_minor: int
    bills: int


@dataclass(frozen=True)
class ParkedRow:
    """An account that could not be billed: why, and what to do."""

    account: str
    code: str
    detail: str
    way_out: str


@dataclass(frozen=True)
class HeldRow:
    """A draft that a person must look at."""

    statement_id: int
    account: str
    currency: str
    total_minor: int
    why: str


@dataclass(frozen=True)
class Progress:
    """How many accounts the phase that is at work has dealt with."""

    done: int
    total: int

    @property
    def words(self) -> str:
        done, total = formats.number(self.done), formats.number(self.total)
        return _("%(done)s of %(total)s accounts") % {"done": done, "total": total}


@dataclass(frozen=True)
class RunView:
    """One run with everything that the console shows."""

    run: BillingRun
    counts: Sequence[StateCount]
    sums: Sequence[StateSum]
    parked: Sequence[ParkedRow]
    held: Sequence[HeldRow]

    def count(self, state: str) -> int:
        return next((row.count for row in self.counts if row.state == state), 0)

    @property
    def parked_count(self) -> int:
        return self.count(RunItem.State.PARKED)

    @property
    def held_count(self) -> int:
        return self.count(RunItem.State.HELD)

    @property
    def to_approve(self) -> list[StateSum]:
        return [row for row in self.sums if row.state == Statement.State.CALCULATED]

    @property
    def has_issued(self) -> bool:
        return any(row.state == Statement.State.ISSUED for row in self.sums)

    @property
    def waits_for_approval(self) -> bool:
        return self.run.state == BillingRun.State.AWAITING_APPROVAL

    @property
    def is_moving(self) -> bool:
        return not (self.run.is_finished or self.waits_for_approval)

    @property
    def progress(self) -> Progress:
        """Count what waits: all that is pending, and when issuing what is calculated too."""
        total = sum(row.count for row in self.counts)
        waiting = self.count(RunItem.State.PENDING)
        if self.run.state == BillingRun.State.ISSUING:
            waiting += self.count(RunItem.State.CALCULATED)
        return Progress(total - waiting, total)


def runs() -> QuerySet[BillingRun]:
    """Return the runs, newest first, with how many accounts they have and how many wait."""
    waiting = Q(items__state__in=(RunItem.State.PARKED, RunItem.State.HELD))
    return (
        BillingRun.objects.select_related("cycle")
        .annotate(
            accounts=Count("items"),
            waiting=Count("items", filter=waiting),
            billed=Count("items", filter=Q(items__state=RunItem.State.ISSUED)),
        )
        .order_by("-month", "-sequence", "-pk")
    )


def run_view(run: BillingRun) -> RunView:
    """Return a run's state; four queries, at most `SHOWN` accounts in each list."""
    return RunView(
        run=run,
        counts=_counts(run),
        sums=_sums(run),
        parked=_parked(run),
        held=_held(run),
    )


def _counts(run: BillingRun) -> list[StateCount]:
    items = RunItem.objects.filter(run=run).order_by("state")
    found: Mapping[str, int] = dict(items.values_list("state").annotate(Count("pk")))
    return [StateCount(s.value, str(s.label), found.get(s.value, 0)) for s in RunItem.State]


def _sums(run: BillingRun) -> list[StateSum]:
    rows = (
        Statement.objects.filter(run=run)
        .exclude(state=Statement.State.DISCARDED)
        .order_by("state", "currency")
        .values_list("state", "currency")
        .annotate(Sum("total_minor"), Count("pk"))
    )
    return [StateSum(state, str(Statement.State(state).label), *rest) for state, *rest in rows]


def _parked(run: BillingRun) -> list[ParkedRow]:
    rows = RunItem.objects.filter(run=run, state=RunItem.State.PARKED).order_by(
        "error_code", "account__number"
    )
    found = rows.values_list("account__number", "error_code", "error")[:SHOWN]
    other = _("Ask the developers what this code means, then retry.")
    return [
        ParkedRow(account, code, detail, str(WAYS_OUT.get(code, other)))
        for account, code, detail in found
    ]


def _held(run: BillingRun) -> list[HeldRow]:
    rows = Statement.objects.filter(run=run, state=Statement.State.HELD).order_by("pk")
    found = rows.values_list("pk", "account__number", "currency", "total_minor", "hold_code")
    return [
        HeldRow(pk, account, currency, total, _(HOLDS[code]) if code in HOLDS else code)
        for pk, account, currency, total, code in found[:SHOWN]
    ]
