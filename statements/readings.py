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
from statements.models import StatementLine, Trace
from statements.rating import trace
from statements.rating.book import tariffs_by_version
from statements.rating.inputs import Known
from tariffs import engine
from tariffs.engine.shape import DemandCharge, EnergyCharge

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


@dataclass(frozen=True)
class SlotsBehind:
    """The slots that one line counts, and where they lie."""

    starts_at: datetime
    interval_s: int
    values: NDArray[np.int64]
    codes: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    channel_id: int  # one of those that measured it

    @property
    def units(self) -> int:
        return int(self.values[self.mask].sum())


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


def behind(line: StatementLine, inputs: Inputs, read: Mapping[Use, Series]) -> SlotsBehind | None:
    """Return the slots that fall in the line's season, band and slab; None if it counts no slots.

    :param read: the statement's uses, as `as_billed` returns them

    :raises Problem: if the tariff version is not the one that was billed
    """
    priced_by = _priced_by(line, inputs)
    if not counts_readings(line) or priced_by is None:
        return None
    billed, priced = priced_by
    tariff = tariffs_by_version([(priced.version_id, priced.digest)])[priced.version_id]
    charge = next((c for c in tariff.charges if c.code == line.charge), None)
    if not isinstance(charge, EnergyCharge | DemandCharge):
        return None
    found = _slots(charge.source, billed, priced.period, inputs, read)
    if found is None:
        return None
    use, series = found
    reactive = charge.with_reactive if isinstance(charge, DemandCharge) else ""
    other = _slots(reactive, billed, priced.period, inputs, read) if reactive else None
    segment = engine.Segment(tariff, priced.period, inputs.cycle, inputs.zone)
    mask = engine.intervals_behind(
        segment,
        _column(line),
        _intervals(priced.period, *found),
        _intervals(priced.period, *other) if other else None,
    )
    starts_at = priced.period.starts_at
    return SlotsBehind(starts_at, use.interval_s, *series, mask, use.channel_id)


def counts_readings(line: StatementLine) -> bool:
    """Say whether a line prices or tells something that a meter of its service measured."""
    if line.kind == "info":
        return line.params.get("step") == "metered"
    return line.kind in ("energy", "demand", "credit") and line.unit != "money"


def _slots(
    source: str, billed: Billed, part: Period, inputs: Inputs, read: Mapping[Use, Series]
) -> tuple[Use, Series] | None:
    """Return the slots of a source in a part, and one of the channels; None for registers."""
    lender = inputs.agreements[billed.lent[source]] if source in billed.lent else billed
    name = source.partition(".")[2] if source in billed.lent else source
    uses = [use for use in lender.uses if use.source == name]
    if not uses or not uses[0].interval_s:
        return None
    return uses[0], _part(uses, read, lender.period, part)


def _intervals(part: Period, use: Use, series: Series) -> engine.Intervals:
    return engine.Intervals(part.starts_at, use.interval_s, series.values.reshape(1, -1))


def _priced_by(line: StatementLine, inputs: Inputs) -> tuple[Billed, Priced] | None:
    period = Period(line.starts_at, line.ends_at)
    for billed in inputs.agreements:
        for priced in billed.priced:
            if (
                billed.agreement_id == line.agreement_id
                and priced.version_id == line.tariff_version_id
                and priced.period == period
            ):
                return billed, priced
    return None


def _part(uses: Sequence[Use], found: Mapping[Use, Series], whole: Period, part: Period) -> Series:
    """Join the uses of an agreement, one meter after another, and cut the segment out."""
    ordered = sorted(uses, key=lambda use: use.period.starts_at)
    values = np.concatenate([found[use].values for use in ordered])
    codes = np.concatenate([found[use].codes for use in ordered])
    first = (part.starts_at - whole.starts_at).total_seconds() / uses[0].interval_s
    last = first + part.seconds / uses[0].interval_s
    return Series(values[int(first) : int(last)], codes[int(first) : int(last)])


def _column(line: StatementLine) -> engine.Column:
    """Return the line in the shape in which the engine made it."""
    one = np.ones(1, np.bool_)
    return engine.Column(
        segment=0,
        charge=line.charge,
        name=str(line.params.get("name", "")),
        kind=line.kind,
        label=line.params,
        unit=line.unit,
        quantity=np.array([line.quantity]),
        quantity_scale=line.quantity_scale,
        unit_price=line.unit_price,
        amount_minor=np.array([line.amount_minor]),
        tax_class=line.tax_class,
        shown=one,
    )


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
