"""What rating returns: lines of many statements, their totals and how they came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.money import Rounding
from tariffs.engine.quantities.days import billing_days
from tariffs.engine.quantities.slots import offsets, seconds
from tariffs.engine.values import ENGINE_VERSION, Amounts, Column, Lot, Segment, Table


@dataclass(frozen=True)
class Rated:
    """The lines of n statements that share their segments."""

    currency: str
    rounding: Rounding
    n: int
    segments: tuple[Segment, ...]
    columns: list[Column]
    total_minor: Amounts  # (n,) sum of the rounded lines
    warnings: list[str] = field(default_factory=list)
    peaks: Mapping[tuple[str, str], Amounts] = field(default_factory=dict)  # segment key, charge: W
    uses: Mapping[tuple[str, str], Amounts] = field(default_factory=dict)  # key, source: base units
    bases: Mapping[tuple[str, str], Amounts] = field(default_factory=dict)  # of yearly minimums
    lots: Mapping[tuple[str, str], tuple[Lot, ...]] = field(default_factory=dict)  # what is left

    def table(self) -> Table:
        """Stack the columns; `np.nonzero(table.shown)` lists the lines account by account."""
        shape = (self.n, len(self.columns))
        quantity, amounts = np.empty(shape, np.int64), np.empty(shape, np.int64)
        shown = np.empty(shape, np.bool_)
        for i, column in enumerate(self.columns):
            quantity[:, i] = column.quantity
            amounts[:, i] = column.amount_minor
            shown[:, i] = column.shown
        return Table(quantity, amounts, shown)

    def trace(self, account: int) -> dict[str, Any]:
        """Return the arithmetic of one account, JSON-able: enough to print and to repeat it."""
        return {
            "engine": ENGINE_VERSION,
            "currency": self.currency,
            "rounding": self.rounding.value,
            "segments": [_segment(segment) for segment in self.segments],
            "lines": [_line(column, account) for column in self.columns if column.shown[account]],
            "total_minor": int(self.total_minor[account]),
            "warnings": self.warnings,
        }


def _segment(segment: Segment) -> dict[str, Any]:
    """Describe a segment; its offsets from UTC tell which local window each slot fell in."""
    period, tariff = segment.period, segment.tariff
    edges = seconds(period.starts_at), seconds(period.ends_at)
    return {
        "tariff": tariff.code,
        "digest": tariff.digest,
        "key": segment.key,
        "from": period.starts_at.isoformat(),
        "to": period.ends_at.isoformat(),
        "zone": segment.zone.key,
        "clock": tariff.clock.value,
        "offsets": [list(pair) for pair in offsets(segment.zone, tariff.clock, *edges)],
        "days": len(billing_days(period, segment.zone)),
        "cycle_days": len(billing_days(segment.cycle, segment.zone)),
        "conditions": sorted(segment.conditions),
    }


def _line(column: Column, account: int) -> dict[str, Any]:
    return {
        "segment": column.segment,
        "charge": column.charge,
        "kind": column.kind,
        "label": column.label,
        "unit": column.unit,
        "quantity": int(column.quantity[account]),
        "quantity_scale": column.quantity_scale,
        "unit_price": column.unit_price,
        "amount_minor": int(column.amount_minor[account]),
        "tax_class": column.tax_class,
    }
