"""Reads rows that were copied from a spreadsheet. Pure."""

from __future__ import annotations

import re

THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
NUMBER = re.compile(r"-?\d*\.?\d+")


def slabs(text: str) -> list[dict[str, str | list[str]]]:
    """Return slabs by upper bound and price; none unless every line can be read.

    A line has an upper bound and a price, or from, to and price. Tables say "101 to 500" of what
    is over 100, so a "from" says nothing of its own. The last line is open.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    cells = [_cells(line) for line in lines]
    if not cells or any(not row or not NUMBER.fullmatch(row[-1]) for row in cells):
        return []
    rows: list[dict[str, str | list[str]]] = [
        {"up_to": row[-2] if len(row) > 1 else "", "price": row[-1]} for row in cells
    ]
    rows[-1]["up_to"] = ""
    if any(not NUMBER.fullmatch(str(row["up_to"])) for row in rows[:-1]):
        return []
    return rows


def _cells(line: str) -> list[str]:
    """Part by tabs, semicolons or blanks; currency signs and commas of thousands go."""
    parts = re.split(r"\t|;", line) if re.search(r"\t|;", line) else line.split()
    return [_number(part.strip()) for part in parts]


def _number(cell: str) -> str:
    cell = cell.strip("$€£ ")
    return cell.replace(",", "") if THOUSANDS.fullmatch(cell) else cell
