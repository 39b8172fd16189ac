"""The readings behind one line of a statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from core.periods import Period
from statements.models import StatementLine
from statements.rating.versions import tariffs_by_version
from statements.readings import Billed, Inputs, Priced, Series, Use
from tariffs import engine
from tariffs.engine.shape import DemandCharge, EnergyCharge

Tariffs = Mapping[int, engine.Tariff]  # by version


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


@dataclass(frozen=True)
class Read:
    """The readings of a statement as one agreement was billed on them."""

    inputs: Inputs
    billed: Billed
    series: Mapping[Use, Series]

    def slots(self, source: str, part: Period) -> tuple[Use, Series] | None:
        """Return the slots of a source, and one of the channels; None for registers."""
        is_lent = source in self.billed.lent
        lender = self.inputs.agreements[self.billed.lent[source]] if is_lent else self.billed
        name = source.partition(".")[2] if is_lent else source
        uses = [use for use in lender.uses if use.source == name]
        if not uses or not uses[0].interval_s:
            return None
        return uses[0], _part(uses, self.series, lender.period, part)

    def intervals(self, source: str, part: Period) -> engine.Intervals | None:
        found = self.slots(source, part)
        if found is None:
            return None
        use, series = found
        return engine.Intervals(part.starts_at, use.interval_s, series.values.reshape(1, -1))

    def segment(self, tariff: engine.Tariff, part: Period) -> engine.Segment:
        return engine.Segment(tariff, part, self.inputs.cycle, self.inputs.zone)


def behind(line: StatementLine, inputs: Inputs, read: Mapping[Use, Series]) -> SlotsBehind | None:
    """Return the slots that fall in the line's season, band and slab; None if it counts no slots.

    Of a demand that is billed once for a cycle whose prices changed, those of all its parts.

    :param read: the statement's uses, as `as_billed` returns them

    :raises Problem: if the tariff version is not the one that was billed
    """
    priced_by = _priced_by(line, inputs)
    if not counts_readings(line) or priced_by is None:
        return None
    billed, priced = priced_by
    tariffs = tariffs_by_version([(p.version_id, p.digest) for p in billed.priced])
    tariff, known = tariffs[priced.version_id], Read(inputs, billed, read)
    charge = next((c for c in tariff.charges if c.code == line.charge), None)
    if isinstance(charge, DemandCharge):
        return _of_peaks(line, charge, tariff, _borne(charge, priced, billed, tariffs), known)
    return (
        _of_energy(line, charge, tariff, priced, known)
        if isinstance(charge, EnergyCharge)
        else None
    )


def counts_readings(line: StatementLine) -> bool:
    """Say whether a line prices or tells something that a meter of its service measured."""
    if line.kind == "info":
        return line.params.get("step") == "metered"
    return line.kind in ("energy", "demand", "credit") and line.unit != "money"


def _of_energy(
    line: StatementLine, charge: EnergyCharge, tariff: engine.Tariff, priced: Priced, known: Read
) -> SlotsBehind | None:
    found = known.slots(charge.source, priced.period)
    use = known.intervals(charge.source, priced.period)
    if found is None or use is None:
        return None
    segment = known.segment(tariff, priced.period)
    return _told(priced.period, *found, engine.intervals_behind(segment, _column(line), use))


def _of_peaks(
    line: StatementLine,
    charge: DemandCharge,
    tariff: engine.Tariff,
    parts: Sequence[Period],
    known: Read,
) -> SlotsBehind | None:
    """Return the slots of the peaks, in all the time from the first part to the last."""
    whole = Period(parts[0].starts_at, parts[-1].ends_at)
    found = known.slots(charge.source, whole)
    if found is None:
        return None
    measured = []
    for part in parts:
        use = known.intervals(charge.source, part)
        if use is None:
            return None
        reactive = known.intervals(charge.with_reactive, part) if charge.with_reactive else None
        measured.append(engine.Measured(known.segment(tariff, part), use, reactive))
    mask = np.zeros(len(found[1].values), np.bool_)
    for part, own in zip(parts, engine.peaks_behind(measured, _column(line)), strict=True):
        first = Period(whole.starts_at, part.ends_at).seconds // found[0].interval_s - len(own)
        mask[first : first + len(own)] = own
    return _told(whole, *found, mask)


def _borne(charge: DemandCharge, own: Priced, billed: Billed, tariffs: Tariffs) -> list[Period]:
    """Return the parts of the cycle whose peak a line bears, its own last."""
    if not charge.spans_cycle:
        return [own.period]
    code = tariffs[own.version_id].code
    mine = [p for p in billed.priced if tariffs[p.version_id].code == code]
    others = [p for p in billed.priced if not any(p.period.overlap(m.period) for m in mine)]
    return sorted(p.period for p in (*mine, *others) if _has(tariffs[p.version_id], charge.code))


def _has(tariff: engine.Tariff, code: str) -> bool:
    return any(charge.code == code for charge in tariff.charges)


def _told(period: Period, use: Use, series: Series, mask: NDArray[np.bool_]) -> SlotsBehind:
    return SlotsBehind(period.starts_at, use.interval_s, *series, mask, use.channel_id)


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
