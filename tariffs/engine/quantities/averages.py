"""The energy in each window of some accounts; whole numbers in types that cannot overflow."""

from __future__ import annotations

import numpy as np

from tariffs.engine.quantities.windows import Windows
from tariffs.engine.values import Units


def energies(piece: Units, windows: Windows) -> Units:
    """Return the energy of each window of some accounts; no type overflows."""
    wide = np.int32 if piece.dtype.itemsize <= 2 else np.int64
    if windows.per == 1:
        return piece
    if windows.rolls:
        padded = np.pad(piece, ((0, 0), (windows.padding, windows.padding)))
        return _sliding(padded if windows.padding else piece, windows.per, wide)
    if windows.are_whole:
        return _of_equal_windows(piece, windows.per, wide)
    return np.add.reduceat(piece, windows.starts, axis=1, dtype=wide)


def marks(active: Units, reactive: Units | None, windows: Windows) -> Units:
    """Return what ranks the windows: energies, or the squares of apparent energies."""
    power = energies(active, windows)
    if reactive is None:
        return power
    wide, other = power.astype(np.int64), energies(reactive, windows).astype(np.int64)
    return wide * wide + other * other


def greatest_of_runs(ranked: Units, windows: Windows) -> Units:
    """Return the greatest of each run; what repeats is laid together first, which is quicker."""
    cycle, (accounts, count) = windows.cycle, ranked.shape
    if cycle < count:
        whole = count - count % cycle
        laid = ranked[:, :whole].reshape(accounts, whole // cycle, cycle).max(axis=1)
        rest = laid[:, : count - whole]
        np.maximum(rest, ranked[:, whole:], out=rest)
        ranked = laid
    return np.maximum.reduceat(ranked, windows.run_starts, axis=1)


def _of_equal_windows(piece: Units, per: int, wide: type[np.signedinteger]) -> Units:
    sums = piece[:, 0::per].astype(wide)
    for place in range(1, per):
        sums += piece[:, place::per]
    return sums


def _sliding(piece: Units, per: int, wide: type[np.signedinteger]) -> Units:
    """Return the sums of `per` neighbours, from sums of 1, 2, 4, 8 … of them."""
    count = piece.shape[1] - per + 1
    sums = np.zeros((piece.shape[0], count), wide)
    block, width, taken = piece.astype(wide), 1, 0
    while True:
        if per & width:
            sums += block[:, taken : taken + count]
            taken += width
        if 2 * width > per:
            return sums
        block = block[:, :-width] + block[:, width:]
        width *= 2
