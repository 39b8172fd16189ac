"""The file of what was left out: as it stood, with what is wrong, to be mended and sent again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core import csv_export
from tariffs.exchange import spread
from tariffs.exchange.columns import COLUMNS, OF_REJECTS
from tariffs.exchange.entries import Cells, Fault
from tariffs.exchange.preview import Previewed


def reject_file(bad: Sequence[Previewed]) -> bytes:
    """Return the bad rows as CSV; `row` and `problem` are not read when it comes back."""
    lines = csv_export.lines(
        [(*COLUMNS, *OF_REJECTS), *(row for each in bad for row in _rows(each))]
    )
    return "".join(lines).encode()


def _rows(each: Previewed) -> Iterator[list[str]]:
    entry = each.entry
    numbers = list(entry.rows)
    cells: Sequence[Cells] = entry.cells or spread.spread(entry.definition)
    numbers += [numbers[-1]] * (len(cells) - len(numbers))
    for number, row in zip(numbers, cells, strict=False):
        own = [fault for fault in each.faults if _is_of(fault, number, numbers)]
        is_first = number == numbers[0] and row is cells[0]
        told = own if entry.cells or is_first else []
        problem = "; ".join(f"{f.field}: {f.words}" if f.field else f.words for f in told)
        yield [*(row.get(column, "") for column in COLUMNS), str(number), problem]


def _is_of(fault: Fault, number: int, numbers: Sequence[int]) -> bool:
    """Say whether a fault is told on this row; those of no row are told on the first."""
    return fault.row == number or (number == numbers[0] and fault.row not in numbers)
