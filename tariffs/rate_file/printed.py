"""Writes bills down, as JSON or as text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.money import from_minor, minor_digits
from core.periods import last_day, local_date
from tariffs.engine import Column, Rated, Segment
from tariffs.engine.charges import DemandCharge
from tariffs.engine.measures import UNITS
from tariffs.engine.shape import PRICE_SCALE
from tariffs.rate_file import arithmetic
from tariffs.rate_file.bills import Bill
from tariffs.rate_file.numbers import number
from tariffs.rate_file.request import Priced


def as_json(priced: Priced) -> dict[str, Any]:
    """Return the bills as the documented object; every decimal is a string."""
    return {
        "currency": priced.currency,
        "periods": [_period(bill) for bill in priced.bills],
        "warnings": _warnings(priced),
    }


def as_text(priced: Priced) -> str:
    """Return the bills for people: each line with its arithmetic."""
    whole = as_json(priced)
    lines = [f"{' + '.join(priced.names)} ({priced.currency})"]
    for bill, period in zip(priced.bills, whole["periods"], strict=True):
        lines += ["", _heading(bill), *arithmetic.of_period(period, priced.currency)]
    lines += [f"warning: {warning}" for warning in whole["warnings"]]
    return "\n".join(lines)


def _warnings(priced: Priced) -> list[str]:
    engines = [warning for bill in priced.bills for warning in bill.rated.warnings]
    return list(dict.fromkeys([*priced.warnings, *engines]))


def _period(bill: Bill) -> dict[str, Any]:
    rated = bill.rated
    return {
        "from": bill.period.starts_at.astimezone(bill.zone).isoformat(),
        "to": bill.period.ends_at.astimezone(bill.zone).isoformat(),
        "segments": [_segment(segment) for segment in rated.segments],
        "lines": [_line(column, rated.currency) for column in rated.columns if column.shown[0]],
        "total": _money(int(rated.total_minor[0]), rated.currency),
        **_carried(bill),
    }


def _segment(segment: Segment) -> dict[str, Any]:
    return {
        "tariff": segment.tariff.code,
        "from": segment.period.starts_at.astimezone(segment.zone).isoformat(),
        "to": segment.period.ends_at.astimezone(segment.zone).isoformat(),
        "conditions": sorted(segment.conditions),
    }


def _line(column: Column, currency: str) -> dict[str, Any]:
    scale = 10 ** minor_digits(currency) if column.unit == "percent" else column.quantity_scale
    return {
        "charge": column.charge,
        "name": column.name,
        "kind": column.kind,
        "segment": column.segment if column.segment >= 0 else None,
        "label": column.label,
        "quantity": number(int(column.quantity[0]), scale),
        "unit": column.unit,
        "unit_price": number(column.unit_price, PRICE_SCALE),
        "amount": _money(int(column.amount_minor[0]), currency),
    }


def _carried(bill: Bill) -> dict[str, Any]:
    """Return what later bills need to know, as an account file takes it; without what is not."""
    rated = bill.rated
    first = local_date(bill.period.starts_at, bill.zone)
    carried = {
        "peaks": _peaks(rated, first),
        "bases": [
            {"charge": charge, "from": str(first), "amount": _money(int(sums[0]), rated.currency)}
            for (_, charge), sums in rated.bases.items()
        ],
        "lots": [
            {
                "charge": charge,
                "day": str(lot.earned_on),
                "amount": _money(int(lot.amount_minor[0]), rated.currency),
            }
            for (_, charge), lots in rated.lots.items()
            for lot in lots
            if lot.amount_minor[0]
        ],
    }
    return {name: rows for name, rows in carried.items() if rows}


def _peaks(rated: Rated, first: date) -> list[dict[str, str]]:
    units: Mapping[str, str] = {
        charge.code: charge.unit
        for segment in rated.segments
        for charge in segment.tariff.charges
        if isinstance(charge, DemandCharge)
    }
    return [
        {
            "charge": charge,
            "from": str(first),
            "value": number(int(peak[0]), UNITS[units[charge]].scale),
            "unit": units[charge],
        }
        for (_, charge), peak in rated.peaks.items()
    ]


def _money(amount: int, currency: str) -> str:
    return str(from_minor(amount, currency))


def _heading(bill: Bill) -> str:
    first = local_date(bill.period.starts_at, bill.zone)
    return f"{first} to {last_day(bill.period, bill.zone)}, both included"
