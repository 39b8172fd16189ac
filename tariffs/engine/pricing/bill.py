"""The bills of n accounts while their columns grow: what the kinds of charges share."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from core.money import Rounding, divide, minor_digits
from core.periods import Period, last_day
from tariffs.engine.arithmetic import fitted, priced
from tariffs.engine.errors import UsageError
from tariffs.engine.pieces import TotalRule
from tariffs.engine.quantities.days import billing_days
from tariffs.engine.shape import PRICE_DIGITS, AnyCharge, OnChange
from tariffs.engine.values import Amounts, Column, Intervals, Lot, Mask, Past, Segment, Usage

NOTHING = Past()


class Bill:
    """The columns of n statements, a base before what is computed from it."""

    def __init__(
        self,
        segments: Sequence[Segment],
        usage: Mapping[tuple[int, str], Usage],
        currency: str,
        n: int,
        rounding: Rounding,
        past: Mapping[str, Past],
    ) -> None:
        self.segments = segments
        self.usage = usage
        self.currency = currency
        self.n = n
        self.rounding = rounding
        self.past = past
        self.digits = minor_digits(currency)
        self.columns: list[Column] = []
        self.warnings: list[str] = []
        self.billed_demand: dict[tuple[int, str], Amounts] = {}  # by segment and charge
        self.peaks: dict[tuple[str, str], Amounts] = {}  # by segment key and charge
        self.bases: dict[tuple[str, str], Amounts] = {}
        self.lots: dict[tuple[str, str], tuple[Lot, ...]] = {}

    # What segments have in common

    def past_of(self, index: int) -> Past:
        return self.past.get(self.segments[index].key, NOTHING)

    def days(self, index: int) -> list[date]:
        """Return the local days that are billed in a segment."""
        segment = self.segments[index]
        return billing_days(segment.period, segment.zone)

    def cycle_days(self, index: int) -> int:
        segment = self.segments[index]
        return len(billing_days(segment.cycle, segment.zone))

    def billed_days(self, index: int) -> int:
        """Return on how many days of the cycle anything of the same agreement is billed."""
        return len({day for other in self.together(index) for day in self.days(other)})

    def seasons_on(self, index: int) -> date | None:
        """Return the day whose seasons hold for the whole bill; None: each day has its own.

        It is the last day of the cycle on which anything of the same agreement is billed.
        """
        segment = self.segments[index]
        if segment.tariff.on_change is OnChange.SPLIT:
            return None
        days = [day for other in self.together(index) for day in self.days(other)]
        return max(days, default=last_day(segment.period, segment.zone))

    def together(self, index: int) -> list[int]:
        """Return the segments that follow each other in the cycle of one agreement, in time.

        These are the segments of its tariff, and those of a tariff before or after it; tariffs
        of a plan that run side by side have nothing in common.
        """
        mine = self.segments[index]
        tariffs: dict[str, list[int]] = {}
        for i, other in enumerate(self.segments):
            if _agreement(other) == _agreement(mine):
                tariffs.setdefault(other.tariff.code, []).append(i)
        own = tariffs[mine.tariff.code]
        others = [each for each in tariffs.values() if not self._meet(each, own)]
        found = own + [i for each in others for i in each]
        return sorted(found, key=lambda i: self.segments[i].period.starts_at)

    def _meet(self, some: Sequence[int], others: Sequence[int]) -> bool:
        periods = [self.segments[i].period for i in some]
        return any(self.segments[i].period.overlap(each) for i in others for each in periods)

    def with_charge(self, index: int, code: str) -> list[int]:
        """Return those of them whose tariff has a charge of this code."""
        return [
            i
            for i in self.together(index)
            if any(charge.code == code for charge in self.segments[i].tariff.charges)
        ]

    def comes_again(self, index: int, code: str) -> bool:
        """Say whether a later segment bears what is billed once for the whole cycle."""
        return self.with_charge(index, code)[-1] != index

    # Quantities

    def use(self, index: int, source: str, code: str) -> Usage:
        """Return the use of a source in a segment, of all n accounts.

        :raises UsageError: if it is missing or of another number of accounts
        """
        use = self.usage.get((index, source))
        if use is None:
            raise UsageError(f"segment {index}, charge {code}: no use of {source!r}")
        shape, wanted = np.shape(use.values), 2 if isinstance(use, Intervals) else 1
        if len(shape) != wanted:
            raise UsageError(f"segment {index}: use of {source!r} is no list of accounts")
        if shape[0] != self.n:
            raise UsageError(f"segment {index}: use of {shape[0]} accounts, not {self.n}")
        return use

    # Columns

    def add(self, column: Column, where: Mask) -> None:
        """Add a column; accounts of whom it does not hold get nothing."""
        if not where.all():
            column = replace(
                column,
                quantity=np.where(where, column.quantity, 0),
                amount_minor=np.where(where, column.amount_minor, 0),
                shown=column.shown & where,
                exact=None if column.exact is None else column.exact * where,
            )
        self.columns.append(column)

    def columns_of(self, indices: Collection[int], codes: Collection[str]) -> list[Column]:
        return [c for c in self.columns if c.segment in indices and c.charge in codes]

    def line(
        self,
        charge: AnyCharge,
        index: int,
        *,
        unit: str,
        quantity: Amounts,
        scale: int,
        price: int,
        label: dict[str, Any],
        shown: Mask | None = None,
        exact_quantity: Any = None,
    ) -> Column:
        """Return a column of a charge; it is shown where it has an amount, or as given."""
        return self.column(
            index,
            charge.code,
            charge.name,
            charge.kind,
            unit=unit,
            quantity=quantity,
            scale=scale,
            price=price,
            label=label,
            shown=shown,
            tax_class=charge.tax_class,
            exact_quantity=exact_quantity,
        )

    def info(
        self,
        charge: AnyCharge,
        index: int,
        *,
        unit: str,
        quantity: Amounts,
        scale: int,
        label: dict[str, Any],
        shown: Mask | None = None,
    ) -> Column:
        """Return a column that tells a quantity and costs nothing."""
        return self.column(
            index,
            charge.code,
            charge.name,
            "info",
            unit=unit,
            quantity=quantity,
            scale=scale,
            price=0,
            label=label,
            shown=quantity != 0 if shown is None else shown,
            tax_class="none",
        )

    def column(
        self,
        index: int,
        code: str,
        name: str,
        kind: str,
        *,
        unit: str,
        quantity: Amounts,
        scale: int,
        price: int,
        label: dict[str, Any],
        shown: Mask | None,
        tax_class: str,
        exact_quantity: Any = None,
    ) -> Column:
        """Return quantity × price ÷ (scale × 10^8), rounded once.

        :param exact_quantity: (n,) Fractions in place of the quantity, where it was rounded
        """
        denominator = scale * 10 ** (PRICE_DIGITS - self.digits)
        amount = priced(quantity, price, denominator, self.rounding_of(index))
        exact = None
        if self.total.once:
            given = quantity.tolist() if exact_quantity is None else exact_quantity
            exact = fractions([Fraction(q) * price / denominator for q in given])
            amount = rounded(exact, self.rounding_of(index))
        return Column(
            segment=index,
            charge=code,
            name=name,
            kind=kind,
            label=label,
            unit=unit,
            quantity=quantity,
            quantity_scale=scale,
            unit_price=price,
            amount_minor=amount,
            tax_class=tax_class,
            shown=amount != 0 if shown is None else shown,
            exact=exact,
        )

    def rounding_of(self, index: int) -> Rounding:
        """Return how the lines of a segment are rounded; at -1 those of the whole bill."""
        own = self.segments[index].tariff.rounding if index >= 0 else None
        return own or self.rounding

    @cached_property
    def total(self) -> TotalRule:
        """The one rule of all segments for the total.

        :raises UsageError: if their tariffs have different ones, or there is none
        """
        rules = {segment.tariff.total for segment in self.segments}
        if not rules:
            raise UsageError("there is nothing to bill: no segment is given")
        if len(rules) > 1:
            raise UsageError("the tariffs of one bill differ in how its total is rounded")
        return rules.pop()


def _agreement(segment: Segment) -> tuple[str, Period, str]:
    return segment.key, segment.cycle, segment.tariff.commodity


def fractions(values: Sequence[Fraction]) -> np.ndarray:
    """Return (n,) exact numbers as an array."""
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def rounded(exact: np.ndarray, rounding: Rounding) -> Amounts:
    """Return each fraction as a whole number."""
    return fitted([divide(f.numerator, f.denominator, rounding) for f in exact.tolist()])
