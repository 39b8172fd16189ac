"""The readings behind a statement, as they were when it was calculated."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from core.periods import Period, local_date, midnight
from meters.readings import MISSING, Quality, fetch_matrix_as_billed
from statements.models import Trace
from statements.rating import trace
from statements.rating.inputs import Known

GUESSED = (Quality.ESTIMATED, Quality.SUBSTITUTED)
MAIN_SOURCE = "import"


class Use(NamedTuple):
    """One channel in a stretch of time, with the revision of each day that was billed."""

    channel_id: int
    source: str
    interval_s: int  # 0: a register that is read only at the ends
    period: Period
    revs: bytes


class Priced(NamedTuple):
    """The stretch that one tariff version priced."""

    version_id: int
    digest: str
    period: Period


@dataclass(frozen=True)
class Billed:
    """One agreement as it was billed."""

    agreement_id: int
    commodity: str
    period: Period
    is_final: bool
    priced: tuple[Priced, ...]
    tax_classes: Mapping[str, str]  # by tax code
    uses: tuple[Use, ...]
    lent: Mapping[str, int]  # source of another service: its place on the bill, if there is one
    past: tuple[Known, ...]


@dataclass(frozen=True)
class Inputs:
    """What a statement was computed from, told by its trace."""

    zone: ZoneInfo
    cycle: Period
    agreements: tuple[Billed, ...]

    def versions(self) -> set[tuple[int, str]]:
        return {(p.version_id, p.digest) for each in self.agreements for p in each.priced}


class Series(NamedTuple):
    """The slots of one use: base units and the letter of quality of each."""

    values: NDArray[np.int64]
    codes: NDArray[np.uint8]


@dataclass(frozen=True)
class DayUse:
    """What was used on one local day, in base units."""

    day: date
    units: int
    slots: int
    guessed_slots: int
    hours: int  # of the day that the readings fill; 23 or 25 when the clocks change

    @property
    def is_estimated(self) -> bool:
        return self.guessed_slots > 0


def inputs_of(row: Trace) -> Inputs:
    """Read what the trace of a statement says."""
    content = json.loads(trace.unpack(row.data))
    shared = content["shared"]
    pairs = zip(shared["agreements"], content["own"], strict=True)
    return Inputs(
        ZoneInfo(shared["zone"]),
        _period(shared["cycle"]),
        tuple(_billed(common, own) for common, own in pairs),
    )


def as_billed(uses: Collection[Use]) -> dict[Use, Series]:
    """Return the slots of these uses; two queries at most for each length of interval and period.

    Registers that are read only at the ends have no slots and are left out.
    """
    groups: dict[tuple[Period, int], list[Use]] = defaultdict(list)
    for use in uses:
        if use.interval_s:
            groups[use.period, use.interval_s].append(use)
    found: dict[Use, Series] = {}
    for (period, interval_s), group in groups.items():
        keys, revs = [use.channel_id for use in group], [use.revs for use in group]
        values, codes = fetch_matrix_as_billed(keys, period, interval_s, revs)
        found.update({use: Series(values[i], codes[i]) for i, use in enumerate(group)})
    return found


def by_day(
    starts_at: datetime,
    interval_s: int,
    series: Series,
    zone: ZoneInfo,
    mask: NDArray[np.bool_] | None = None,
) -> list[DayUse]:
    """Sum slots by local day, those of the mask or all; days without any are left out."""
    wanted = np.ones(len(series.values), np.bool_) if mask is None else mask
    guessed = wanted & np.isin(series.codes, GUESSED)
    known = np.where(wanted & (series.values != MISSING), series.values, 0)
    found = []
    for day, places in _days(starts_at, interval_s, len(wanted), zone):
        if slots := int(wanted[places].sum()):
            units, guesses = int(known[places].sum()), int(guessed[places].sum())
            found.append(DayUse(day, units, slots, guesses, slots * interval_s // 3600))
    return found


def _days(
    starts_at: datetime, interval_s: int, slots: int, zone: ZoneInfo
) -> Iterator[tuple[date, slice]]:
    """Yield each local day with its slots; a slot belongs to the day in which it begins."""
    day, first = local_date(starts_at, zone), 0
    while first < slots:
        ahead = (midnight(day + timedelta(days=1), zone) - starts_at).total_seconds()
        last = min(-int(-ahead // interval_s), slots)
        yield day, slice(first, last)
        day, first = day + timedelta(days=1), last


def _period(texts: Sequence[str]) -> Period:
    return Period(datetime.fromisoformat(texts[0]), datetime.fromisoformat(texts[1]))


def _lent(pairs: Sequence[Sequence[Any]]) -> dict[str, int]:
    """Return who lends each source, where it is one agreement alone."""
    places = [(source, place) for source, place in pairs]
    sources = [source for source, _ in places]
    return {source: place for source, place in places if sources.count(source) == 1}


def _billed(common: Mapping[str, Any], own: Mapping[str, Any]) -> Billed:
    return Billed(
        agreement_id=own["id"],
        commodity=common["commodity"],
        period=_period(common["period"]),
        is_final=common["final"],
        priced=tuple(
            Priced(time["version"], time["digest"], _period(time["period"]))
            for time in common["priced"]
        ),
        tax_classes={tax["code"]: tax["class"] for t in common["priced"] for tax in t["taxes"]},
        lent=_lent(common.get("lent", ())),
        past=trace.extra_of(common, own).past,
        uses=tuple(
            Use(
                read["id"],
                use["source"],
                use["interval_s"],
                _period(use["period"]),
                base64.b64decode(read["revs"]),
            )
            for use, read in zip(common["channels"], own["channels"], strict=True)
        ),
    )
