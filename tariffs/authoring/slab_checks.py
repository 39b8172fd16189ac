"""Checks of slabs: they rise, and the last one is open."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tariffs.authoring.amount_checks import amount
from tariffs.authoring.found import Check, Step, error, fine, warning
from tariffs.authoring.numbers import exact
from tariffs.authoring.state import SlabRate, SlabRow

STEP = Step.RATES


def slabs(rate: SlabRate) -> Iterator[Check]:
    """Check the rows in their order.

    Codes: slabs_missing, last_slab_open, bound_missing, slab_order (with `above`), one_slab,
    slabs_cover; those of numbers.
    """
    if not rate.rows:
        yield error(STEP, "rows", "slabs_missing")
        return
    found = [*_bounds(rate.rows), *_prices(rate.rows)]
    yield from found
    if len(rate.rows) == 1:
        yield warning(STEP, "rows", "one_slab")
    elif not found:
        yield fine(STEP, "rows", "slabs_cover", slabs=len(rate.rows))


def _prices(rows: tuple[SlabRow, ...]) -> Iterator[Check]:
    for i, row in enumerate(rows):
        yield from amount(row.price, STEP, f"rows[{i}].price")


def _bounds(rows: tuple[SlabRow, ...]) -> Iterator[Check]:
    lower = Decimal(0)
    for i, row in enumerate(rows):
        where, is_last = f"rows[{i}].up_to", i == len(rows) - 1
        if row.up_to is None:
            if not is_last:
                yield error(STEP, where, "bound_missing", slab=i + 1)
            continue
        yield from amount(row.up_to, STEP, where)
        if is_last:
            yield error(STEP, where, "last_slab_open", above=row.up_to)
        upper = exact(row.up_to)
        if upper is not None and upper <= lower:
            yield error(STEP, where, "slab_order", slab=i + 1, above=lower)
        elif upper is not None:
            lower = upper
