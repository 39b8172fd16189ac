"""Prices a usage file under a tariff and writes the bill down, as JSON or as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from core.money import from_minor, minor_digits
from core.periods import Period, last_day, local_date, local_month, midnight
from tariffs import engine
from tariffs.engine.shape import PRICE_SCALE, UNITS, EnergyCharge
from tariffs.usage_file import BadUsage, UsageFile


class Cycle(StrEnum):
    """Which billing period the use is a part of."""

    AUTO = "auto"  # months, if whole months are priced
    MONTH = "month"
    WHOLE = "whole"


@dataclass(frozen=True)
class Bill:
    """One rated period."""

    segment: engine.Segment
    rated: engine.Rated


def bills(
    tariff: engine.Tariff, use: UsageFile, within: Period | None, zone: ZoneInfo, cycle: Cycle
) -> list[Bill]:
    """Price every period of the file, or those inside the given days.

    :raises BadUsage: if the file does not fit the tariff or the days
    """
    _check_units(tariff, use)
    return [_bill(tariff, use, segment) for segment in _segments(tariff, use, within, zone, cycle)]


def as_json(tariff: engine.Tariff, made: Sequence[Bill], warnings: Sequence[str]) -> dict[str, Any]:
    """Return the bills as the documented object; every decimal is a string."""
    return {
        "currency": tariff.currency,
        "periods": [_period(bill) for bill in made],
        "warnings": [*warnings, *dict.fromkeys(w for bill in made for w in bill.rated.warnings)],
    }


def as_text(tariff: engine.Tariff, made: Sequence[Bill], warnings: Sequence[str]) -> str:
    """Return the bills for people: each line with its arithmetic."""
    whole = as_json(tariff, made, warnings)
    lines = [f"{tariff.name} ({tariff.currency})"]
    for bill, period in zip(made, whole["periods"], strict=True):
        lines += ["", _heading(bill)]
        lines += [f"  {_arithmetic(line)}" for line in period["lines"]]
        lines.append(f"  total {period['total']}")
    lines += [f"warning: {warning}" for warning in whole["warnings"]]
    return "\n".join(lines)


def _check_units(tariff: engine.Tariff, use: UsageFile) -> None:
    for charge in tariff.charges:
        if not isinstance(charge, EnergyCharge):
            continue
        if charge.source not in use.rows:
            raise BadUsage(f"charge {charge.code}: the file has no channel {charge.source!r}")
        base_unit = use.base_unit(charge.source)
        if base_unit != UNITS[charge.unit][0]:
            line = use.rows[charge.source][0].line
            raise BadUsage(f"row {line}: is in {base_unit}, but {charge.code} is per {charge.unit}")


def _segments(
    tariff: engine.Tariff, use: UsageFile, within: Period | None, zone: ZoneInfo, cycle: Cycle
) -> list[engine.Segment]:
    if use.is_totals:
        periods = [p for p in use.periods() if within is None or within.overlap(p) == p]
        if not periods:
            raise BadUsage("the file holds no total that lies within the days asked for")
    else:
        whole = within or use.period()
        periods = (
            whole.cut(_month_starts(whole, zone)) if _by_month(whole, zone, cycle) else [whole]
        )
    return [
        engine.Segment(
            tariff, period, _month_of(period, zone) if cycle is Cycle.MONTH else period, zone
        )
        for period in periods
    ]


def _by_month(period: Period, zone: ZoneInfo, cycle: Cycle) -> bool:
    if cycle is Cycle.AUTO:
        edges = set(_month_starts(period, zone))
        return {period.starts_at, period.ends_at} <= edges
    return cycle is Cycle.MONTH


def _month_starts(period: Period, zone: ZoneInfo) -> list[Any]:
    """Return the first moments of the months that the period touches or ends with."""
    first, last = local_date(period.starts_at, zone), local_date(period.ends_at, zone)
    months = range(12 * first.year + first.month - 1, 12 * last.year + last.month)
    return [midnight(first.replace(year=m // 12, month=m % 12 + 1, day=1), zone) for m in months]


def _month_of(period: Period, zone: ZoneInfo) -> Period:
    first = local_date(period.starts_at, zone)
    month = local_month(first.year, first.month, zone)
    if month.overlap(period) != period:
        raise BadUsage(f"the total from {first} does not lie within one month")
    return month


def _bill(tariff: engine.Tariff, use: UsageFile, segment: engine.Segment) -> Bill:
    usage = {(0, source): use.usage(source, segment.period) for source in tariff.sources}
    return Bill(segment, engine.rate([segment], usage, [], currency=tariff.currency, n=1))


def _period(bill: Bill) -> dict[str, Any]:
    segment, rated = bill.segment, bill.rated
    return {
        "from": segment.period.starts_at.astimezone(segment.zone).isoformat(),
        "to": segment.period.ends_at.astimezone(segment.zone).isoformat(),
        "lines": [_line(column, rated.currency) for column in rated.columns if column.shown[0]],
        "total": str(from_minor(int(rated.total_minor[0]), rated.currency)),
    }


def _line(column: engine.Column, currency: str) -> dict[str, Any]:
    scale = 10 ** minor_digits(currency) if column.unit == "percent" else column.quantity_scale
    return {
        "charge": column.charge,
        "name": column.name,
        "label": column.label,
        "quantity": _number(Fraction(int(column.quantity[0]), scale)),
        "unit": column.unit,
        "unit_price": _number(Fraction(column.unit_price, PRICE_SCALE)),
        "amount": str(from_minor(int(column.amount_minor[0]), currency)),
    }


def _number(value: Fraction) -> str:
    """Write a number exactly: a decimal, or a fraction such as 10/31 that has no end."""
    rest = value.denominator
    for factor in (2, 5):
        while rest % factor == 0:
            rest //= factor
    if rest != 1:
        return str(value)
    return f"{(Decimal(value.numerator) / Decimal(value.denominator)).normalize():f}"


def _heading(bill: Bill) -> str:
    period, zone = bill.segment.period, bill.segment.zone
    return f"{local_date(period.starts_at, zone)} to {last_day(period, zone)}, both included"


def _arithmetic(line: dict[str, Any]) -> str:
    parts = [line["label"].get(key, "") for key in ("season", "band")]
    title = ", ".join(part for part in (line["name"], *parts) if part)
    if line["unit"] == "percent":
        return f"{title}: {line['unit_price']} % of {line['quantity']} = {line['amount']}"
    sum_ = f"{line['quantity']} {line['unit']} × {line['unit_price']} per {line['unit']}"
    return f"{title}: {sum_} = {line['amount']}"
