"""Prices the use of many accounts at once. No clock, no database, no settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from core.money import Rounding, minor_digits
from tariffs.engine import units
from tariffs.engine.arithmetic import priced
from tariffs.engine.days import billing_days
from tariffs.engine.errors import UsageError
from tariffs.engine.rated import Rated
from tariffs.engine.shape import (
    PRICE_DIGITS,
    EnergyCharge,
    FixedBasis,
    FixedCharge,
    PercentCharge,
    Proration,
    SlabWidth,
)
from tariffs.engine.values import Amounts, Column, Mask, Segment, Tax, Usage

PERCENT = 100


def rate(
    segments: Sequence[Segment],
    usage: Mapping[tuple[int, str], Usage],
    taxes: Sequence[Tax],
    *,
    currency: str,
    n: int,
    rounding: Rounding = Rounding.HALF_UP,
) -> Rated:
    """Rate n accounts that share their segments; usage is keyed by segment index and source.

    A tariff that states its own rounding keeps it for its lines; taxes follow `rounding`.

    :raises UsageError: if use is missing, negative or does not fit its segment
    """
    bill = _Bill(segments, usage, currency, n, rounding)
    for index in range(len(segments)):
        bill.add_segment(index)
    for tax in taxes:
        bill.add_tax(tax)
    total = np.zeros(n, np.int64)
    for column in bill.columns:
        total += column.amount_minor
    return Rated(currency, rounding, n, tuple(segments), bill.columns, total, _warnings(segments))


class _Bill:
    """The columns of n statements while they grow, a percentage after its base."""

    def __init__(
        self,
        segments: Sequence[Segment],
        usage: Mapping[tuple[int, str], Usage],
        currency: str,
        n: int,
        rounding: Rounding,
    ) -> None:
        self.segments = segments
        self.usage = usage
        self.n = n
        self.rounding = rounding
        self.digits = minor_digits(currency)
        self.columns: list[Column] = []
        for segment in segments:
            _check_segment(segment, currency)

    def add_segment(self, index: int) -> None:
        segment = self.segments[index]
        for charge in segment.tariff.charges:
            if not charge.when <= segment.conditions:
                continue
            if isinstance(charge, EnergyCharge):
                self.columns.extend(self._energy(charge, index))
            elif isinstance(charge, FixedCharge):
                self.columns.extend(self._fixed(charge, index))
            else:
                self.columns.append(self._percent(charge, index))

    def add_tax(self, tax: Tax) -> None:
        """Tax the sum of what is taxable, rounded once; a tax without a base adds no column."""
        taxed = [column for column in self.columns if self._is_taxed(column, tax)]
        if taxed:
            label = {"percent": tax.rate}
            common = {"segment": -1, "charge": tax.code, "name": tax.name, "kind": "tax"}
            self.columns.append(
                self._percentage(
                    taxed, tax.rate, self.rounding, label=label, tax_class="none", **common
                )
            )

    def _is_taxed(self, column: Column, tax: Tax) -> bool:
        if column.segment < 0:
            return column.charge in tax.on_taxes
        if tax.segments and column.segment not in tax.segments:
            return False
        commodity = self.segments[column.segment].tariff.commodity
        return column.tax_class == tax.tax_class and tax.commodity in ("", commodity)

    def _energy(self, charge: EnergyCharge, index: int) -> Iterator[Column]:
        segment = self.segments[index]
        use = self.usage.get((index, charge.source))
        if use is None:
            raise UsageError(f"segment {index}, charge {charge.code}: no use of {charge.source!r}")
        if use.values.shape[0] != self.n:
            raise UsageError(
                f"segment {index}: use of {use.values.shape[0]} accounts, not {self.n}"
            )
        for part in units.parts(charge, segment, use):
            yield self._column(
                charge.unit,
                part.quantity,
                charge.scale,
                _price(charge, part),
                rounding=segment.tariff.rounding or self.rounding,
                label=_energy_label(charge, part, segment),
                shown=part.quantity != 0,
                **_identity(charge, index),
            )

    def _fixed(self, charge: FixedCharge, index: int) -> Iterator[Column]:
        segment = self.segments[index]
        if charge.proration is Proration.WHOLE and self._comes_again(charge, index):
            return
        unit, quantity, scale, label = _fixed_quantity(charge, segment)
        if quantity:
            yield self._column(
                unit,
                np.full(self.n, quantity, np.int64),
                scale,
                charge.price,
                rounding=segment.tariff.rounding or self.rounding,
                label=label,
                shown=np.ones(self.n, np.bool_),
                **_identity(charge, index),
            )

    def _comes_again(self, charge: FixedCharge, index: int) -> bool:
        """Say whether a later part of the same cycle bears this whole-period charge."""
        mine = self.segments[index]
        return any(
            later.key == mine.key
            and later.tariff.commodity == mine.tariff.commodity
            and later.cycle == mine.cycle
            and any(charge.code == other.code for other in later.tariff.charges)
            for later in self.segments[index + 1 :]
        )

    def _percent(self, charge: PercentCharge, index: int) -> Column:
        bases = [c for c in self.columns if c.segment == index and c.charge in charge.of]
        rounding = self.segments[index].tariff.rounding or self.rounding
        label = {"percent": charge.percent, "of": list(charge.of)}
        return self._percentage(
            bases, charge.percent, rounding, label=label, **_identity(charge, index)
        )

    def _percentage(
        self, bases: list[Column], percent: int, rounding: Rounding, **rest: Any
    ) -> Column:
        base = np.zeros(self.n, np.int64)
        for column in bases:
            base += column.amount_minor
        scale = PERCENT * 10**self.digits
        return self._column("percent", base, scale, percent, rounding=rounding, shown=None, **rest)

    def _column(
        self,
        unit: str,
        quantity: Amounts,
        scale: int,
        unit_price: int,
        *,
        rounding: Rounding,
        shown: Mask | None,
        **rest: Any,
    ) -> Column:
        denominator = scale * 10 ** (PRICE_DIGITS - self.digits)
        amount = priced(quantity, unit_price, denominator, rounding)
        return Column(
            unit=unit,
            quantity=quantity,
            quantity_scale=scale,
            unit_price=unit_price,
            amount_minor=amount,
            shown=amount != 0 if shown is None else shown,
            **rest,
        )


def _identity(charge: EnergyCharge | FixedCharge | PercentCharge, index: int) -> dict[str, Any]:
    return {
        "segment": index,
        "charge": charge.code,
        "name": charge.name,
        "kind": charge.kind,
        "tax_class": charge.tax_class,
    }


def _price(charge: EnergyCharge, part: units.Part) -> int:
    slabs = charge.ladder if part.row == units.LADDER else charge.rows[part.row].slabs
    return slabs[part.slab].price


def _energy_label(charge: EnergyCharge, part: units.Part, segment: Segment) -> dict[str, Any]:
    """Say what a line stands for; bounds in base units of this very segment."""
    label: dict[str, Any] = {"row": part.row, "slab": part.slab}
    season = ""
    if part.row != units.LADDER:
        row = charge.rows[part.row]
        season = row.season
        label |= {"season": row.season} if row.season else {}
        label |= {"band": row.band} if row.band else {}
    if part.lower or part.upper is not None:
        label |= {"lower": part.lower, "upper": part.upper}
        if charge.slab_width is not SlabWidth.WHOLE:
            label["days"] = len(units.season_days(segment, season))
            label["cycle_days"] = len(billing_days(segment.cycle, segment.zone))
    return label


def _fixed_quantity(charge: FixedCharge, segment: Segment) -> tuple[str, int, int, dict[str, Any]]:
    """Return unit, quantity, scale and label of a fixed charge."""
    days = len(billing_days(segment.period, segment.zone))
    cycle_days = len(billing_days(segment.cycle, segment.zone))
    if charge.basis is FixedBasis.DAY:
        return "day", days, 1, {"days": days}
    if charge.basis is FixedBasis.THIRTY_DAYS:
        return "30 days", days, 30, {"days": days}
    if charge.proration is Proration.WHOLE or days == cycle_days:
        return "period", 1, 1, {}
    return "period", days, cycle_days, {"days": days, "cycle_days": cycle_days}


def _check_segment(segment: Segment, currency: str) -> None:
    if segment.tariff.currency != currency:
        raise UsageError(f"tariff {segment.tariff.code} is in {segment.tariff.currency}")
    if segment.period.overlap(segment.cycle) != segment.period:
        raise UsageError(f"tariff {segment.tariff.code}: the segment leaves its cycle period")


def _warnings(segments: Sequence[Segment]) -> list[str]:
    found = []
    for segment in segments:
        tariff = segment.tariff
        days = billing_days(segment.period, segment.zone)
        if days and (days[0] < tariff.starts_on or (tariff.ends_on and days[-1] >= tariff.ends_on)):
            found.append(f"tariff {tariff.code} is not in force on every day of its segment")
    return found
