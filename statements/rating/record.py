"""What is on record of agreements: their plans, what is billed, and for how much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

from django.db.models import BigIntegerField, Value

from core.periods import Period
from meters.queries import Metered
from statements.models import PlanAssignment, StatementCoverage

HISTORY = timedelta(days=100)  # three monthly bills to compare with

Assigned = Mapping[int, Sequence[tuple[int, datetime, datetime | None]]]
Billed = Mapping[int, Sequence[Period]]


@dataclass
class Record:
    """By agreement."""

    assigned: dict[int, list[tuple[int, datetime, datetime | None]]]
    billed: dict[int, list[Period]]
    totals: dict[int, dict[int, int]]  # agreement: statement: total in minor units

    def bills_of(self, metered: Sequence[Metered]) -> tuple[int, ...]:
        """Return the totals of the bills that an account had lately."""
        bills: dict[int, int] = {}
        for each in metered:
            bills.update(self.totals.get(each.agreement_id, {}))
        return tuple(bills.values())


def on_record(agreements: Sequence[int], window: Period) -> Record:
    """Return plans in order of time, what is billed of the window, and bills before; one query."""
    plans = PlanAssignment.objects.filter(
        agreement_id__one_of=agreements, starts_at__lt=window.ends_at
    ).exclude(ends_at__lte=window.starts_at)
    covered = StatementCoverage.objects.filter(
        agreement_id__one_of=agreements,
        live=True,
        starts_at__lt=window.ends_at,
        ends_at__gt=window.starts_at - HISTORY,
    )
    nothing = Value(None, BigIntegerField())
    columns = ("agreement_id", "starts_at", "ends_at")
    rows = plans.values_list(*columns, "plan_version_id", nothing, nothing).union(
        covered.values_list(*columns, nothing, "statement_id", "statement__total_minor"), all=True
    )
    past = Record(defaultdict(list), defaultdict(list), defaultdict(dict))
    for agreement, starts_at, ends_at, plan, statement, total in sorted(rows, key=itemgetter(0, 1)):
        if plan is not None:
            past.assigned[agreement].append((plan, starts_at, ends_at))
            continue
        if ends_at > window.starts_at:
            past.billed[agreement].append(Period(starts_at, ends_at))
        if starts_at < window.starts_at:
            past.totals[agreement][statement] = total
    return past
