"""What plans bundle: which of their versions holds on a day, its tariffs and its tax."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.periods import Period, local_date, midnight
from tariffs import engine

SERVICE, OWN, COMMON = "service", "own", "common"  # as PlanTariff.Scope
SCOPES = (SERVICE, OWN, COMMON)  # in the order in which a bill tells them


class Bundled(NamedTuple):
    """A tariff of a plan version, and what of the bill it prices."""

    tariff: int
    scope: str


@dataclass(frozen=True)
class PlanBook:
    """Plan versions of a window, read once for a chunk."""

    bundled: Mapping[int, Sequence[Bundled]]  # by plan version
    plan_of: Mapping[int, int]  # plan version: plan
    versions_of: Mapping[int, Sequence[tuple[date, int]]]  # plan: (first day, version) in order
    taxes: Mapping[int, engine.Tax]  # of plan versions that state one

    def versions_on(
        self, assigned: int, period: Period, zone: ZoneInfo
    ) -> Iterator[tuple[int, Period]]:
        """Yield which version of the assigned one's plan holds, and in which part of the period.

        The last one goes on after its end: who keeps an expired plan keeps its prices.
        """
        versions = self.versions_of.get(self.plan_of.get(assigned, 0), ())
        for part in period.cut(midnight(first, zone) for first, _ in versions):
            day = local_date(part.starts_at, zone)
            begun = [version for first, version in versions if first <= day]
            yield (begun[-1] if begun else assigned), part


def without(period: Period, taken: Sequence[Period]) -> list[Period]:
    """Return the parts of a period that none of the others covers."""
    edges = [moment for each in taken for moment in (each.starts_at, each.ends_at)]
    return [part for part in period.cut(edges) if not any(part.overlap(each) for each in taken)]
