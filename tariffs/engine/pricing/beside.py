"""Finds the lines of tariffs that price the same agreement at the same time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from tariffs.engine.choices import Beside, Purpose
from tariffs.engine.errors import UsageError
from tariffs.engine.pricing.bill import Bill
from tariffs.engine.shape import PercentCharge, Tariff
from tariffs.engine.values import Column, Segment

NO_BASE = ("info", Purpose.TAX.value)


def in_order(segments: Sequence[Segment]) -> list[int]:
    """Return the segments in time, those that look beside them after all others.

    Of several tariffs that look beside them the one that is given first is priced first, so that
    a later one is taken of what the earlier one has left.
    """
    given: dict[str, int] = {}
    for segment in segments:
        given.setdefault(segment.tariff.code, len(given) + 1)

    def place(index: int) -> tuple[int, datetime]:
        tariff = segments[index].tariff
        return given[tariff.code] if _looks_beside(tariff) else 0, segments[index].period.starts_at

    return sorted(range(len(segments)), key=place)


def columns(kinds: Collection[Beside], index: int, bill: Bill) -> list[Column]:
    """Return the lines of these kinds that were priced beside a segment, so far.

    :raises UsageError: if one of them reaches beyond the segment, so that nobody knows its part
    """
    found = set(_beside(index, bill)) if kinds else set()
    return [c for c in bill.columns if c.segment in found and _is_of(c, kinds)]


def _looks_beside(tariff: Tariff) -> bool:
    return any(isinstance(charge, PercentCharge) and charge.beside for charge in tariff.charges)


def _beside(index: int, bill: Bill) -> list[int]:
    mine, found = bill.segments[index], []
    for i, other in enumerate(bill.segments):
        common = other.period.overlap(mine.period)
        if common is None or (other.key, other.cycle) != (mine.key, mine.cycle) or i == index:
            continue
        if common != other.period:
            raise UsageError(
                f"tariff {mine.tariff.code} takes a percentage of a part of {other.tariff.code}: "
                "cut both at the same moments"
            )
        found.append(i)
    return found


def _is_of(column: Column, kinds: Collection[Beside]) -> bool:
    if Beside.ALL in kinds:
        return column.kind not in NO_BASE
    return f"@{column.kind}" in kinds
