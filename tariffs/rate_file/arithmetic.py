"""Writes each line of a bill with its arithmetic, for people."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from core.money import from_minor
from tariffs.engine.measures import UNITS
from tariffs.engine.shape import PRICE_SCALE
from tariffs.rate_file.numbers import number

Line = dict[str, Any]


def of_period(period: dict[str, Any], currency: str) -> list[str]:
    """Return the lines of one bill, its total and what it leaves behind."""
    return [
        *(f"  {text}" for text in _lines(period["lines"], currency)),
        f"  total {period['total']}",
        *(f"  peak of {peak['charge']}: {_amount(peak)}" for peak in period.get("peaks", [])),
        *(f"  credit kept of {lot['day']}: {lot['amount']}" for lot in period.get("lots", [])),
    ]


def _lines(lines: list[Line], currency: str) -> Iterator[str]:
    """Yield the lines; the steps of a charge stand once, above what they lead to."""
    told: list[tuple[Any, ...]] = []
    for line in lines:
        key = (line["segment"], line["charge"], line["label"].get("steps"))
        if key[2] and key not in told:
            told.append(key)
            yield from (f"  {step}" for step in _steps(line))
        yield f"{_title(line)}: {_told(line, currency)}"


def _title(line: Line) -> str:
    parts = [line["label"].get(key, "") for key in ("season", "band")]
    return ", ".join(part for part in (line["name"], *parts) if part)


def _told(line: Line, currency: str) -> str:
    label, amount = line["label"], line["amount"]
    if line["kind"] == "info":
        return _info(line)
    if "exempt" in label:
        return f"exempt: {label['exempt']}, {amount}"
    if line["unit"] == "percent":
        return f"{line['unit_price']} % of {line['quantity']} = {amount}"
    if "minimum" in label:
        least = from_minor(label["minimum"], currency)
        return f"{least} − {least - Decimal(amount)} = {amount}"
    if "lots" in label:
        return f"credit {label['lots']} {amount}"
    if line["kind"] == "rounding":
        return f"to steps of {from_minor(label['to'], currency)} = {amount}"
    return f"{_amount(line, 'quantity')} × {line['unit_price']} per {line['unit']} = {amount}"


def _info(line: Line) -> str:
    if line["label"].get("step") == "less":
        return f"{_percent(line['label'])} of {line['label']['source']} {_amount(line, 'quantity')}"
    return f"measured {_amount(line, 'quantity')}"


def _steps(line: Line) -> Iterator[str]:
    for step in line["label"]["steps"]:
        yield from _STEPS[step["step"]](step, line["unit"])


def _less(step: Line, unit: str) -> Iterator[str]:
    yield f"less {_percent(step)} of {step['source']}"


def _share(step: Line, unit: str) -> Iterator[str]:
    yield f"{_percent(step)} of it"


def _conversion(step: Line, unit: str) -> Iterator[str]:
    yield f"from {step['from']} to {unit}"
    for factor in step["factors"]:
        sign = "÷" if factor.get("by") == "divide" else "×"
        yield f"{sign} {number(factor['value'], PRICE_SCALE)} {factor['name']}"


def _at_most(step: Line, unit: str) -> Iterator[str]:
    per = f" for each {step['per']}" if step.get("per") else ""
    yield f"at most {_units(step['quantity'], unit)}{per}"


def _floor(step: Line, unit: str) -> Iterator[str]:
    yield f"at least {_units(step['quantity'], unit)}"


def _ratchet(step: Line, unit: str) -> Iterator[str]:
    season = f" in {step['season']}" if step.get("season") else ""
    which = "mean" if step["rule"] == "mean" else "greatest peak"
    yield f"at least {_percent(step)} of the {which} of {step['months']} months{season}"


def _rounded(step: Line, unit: str) -> Iterator[str]:
    yield f"in steps of {_units(step['to'], unit)}, {step['rounding'].replace('_', ' ')}"


_STEPS = {
    "less": _less,
    "share_percent": _share,
    "conversion": _conversion,
    "at_most": _at_most,
    "floor": _floor,
    "ratchet": _ratchet,
    "round_quantity": _rounded,
}


def _amount(row: Line, value: str = "value") -> str:
    return f"{row[value]} {row['unit']}"


def _percent(step: Line) -> str:
    return f"{number(step['percent'], PRICE_SCALE)} %"


def _units(base_units: int, unit: str) -> str:
    return f"{number(base_units, UNITS[unit].scale)} {unit}"
