"""Refuses use that is no count of base units: fractions, what is missing, what nobody can use."""

from __future__ import annotations

import numpy as np

from tariffs.engine.arithmetic import Whole
from tariffs.engine.errors import UsageError
from tariffs.engine.values import Intervals, Registers, Segment, Units, Usage

MOST = 2**53  # base units of an account in a segment: in Wh, more than a continent uses in a year


def whole(usage: Usage) -> None:
    """Refuse what is no whole number, a NaN for one."""
    given = usage.bands.values() if isinstance(usage, Registers) else (usage.values,)
    if not all(np.issubdtype(np.asarray(values).dtype, np.integer) for values in given):
        raise UsageError("use must be whole base units")


def covering(usage: Intervals, segment: Segment) -> None:
    """Refuse readings that begin or end elsewhere than the segment."""
    period = segment.period
    if usage.starts_at != period.starts_at or usage.ends_at != period.ends_at:
        raise UsageError(
            f"use from {usage.starts_at} to {usage.ends_at} does not cover "
            f"{period.starts_at} to {period.ends_at} exactly"
        )


def readings(piece: Units, start: int) -> None:
    """Refuse readings of some accounts, the first of which is number `start`.

    Only readings of 64 bits can add up to too much.
    """
    if not piece.size:
        return
    if piece.min() < 0:
        account, slot = np.unravel_index(int(piece.argmin()), piece.shape)
        raise UsageError(f"account {start + int(account)}, slot {int(slot)}: negative or missing")
    if piece.dtype.itemsize == 8 and int(piece.max()) > MOST // piece.shape[1]:
        _add_up(piece.sum(axis=1, dtype=np.float64), start)


def totals(given: Units) -> Whole:
    """Return what each account used (n,), none of it negative."""
    values = np.asarray(given)
    if values.size and values.min() < 0:
        raise UsageError(f"account {int(values.argmin())}: negative or missing")
    _add_up(values, 0)
    return np.asarray(values, dtype=np.int64)


def _add_up(sums: np.ndarray, start: int) -> None:
    if sums.size and sums.max() > MOST:
        raise UsageError(f"account {start + int(sums.argmax())}: too great to be counted")
