"""Writes each line of a bill with its arithmetic, for people."""

from __future__ import annotations

from typing import Any

Line = dict[str, Any]


def of_period(period: dict[str, Any]) -> list[str]:
    """Return the lines of one bill and what it leaves behind."""
    lines = [f"  {_line(line)}" for line in period["lines"]]
    lines.append(f"  total {period['total']}")
    lines += [f"  credit kept of {lot['day']}: {lot['amount']}" for lot in period.get("lots", [])]
    return lines


def _line(line: Line) -> str:
    title = _title(line)
    if line["kind"] == "info":
        return f"{title}: {line['quantity']} {line['unit']}"
    if line["unit"] == "percent":
        return f"{title}: {line['unit_price']} % of {line['quantity']} = {line['amount']}"
    if line["unit"] == "money":
        return f"{title}: {line['amount']}"
    priced = f"{line['quantity']} {line['unit']} × {line['unit_price']} per {line['unit']}"
    return f"{title}: {priced} = {line['amount']}"


def _title(line: Line) -> str:
    parts = [line["label"].get(key, "") for key in ("season", "band")]
    return ", ".join(part for part in (line["name"], *parts) if part)
