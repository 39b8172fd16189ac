"""The quantities of a chunk: read the blocks once, find what is missing, keep what was read."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from core.periods import Period
from meters.models import RegisterRead
from meters.readings import MISSING, Quality, fetch_matrix
from statements.problems import Problem
from statements.rating.inputs import BillInput, ChannelUse

Values = NDArray[np.int64]
Fetch = Callable[[Sequence[ChannelUse]], "dict[ChannelUse, Read]"]
ESTIMATED = (Quality.ESTIMATED, Quality.SUBSTITUTED)


@dataclass(frozen=True)
class Read:
    """What one channel measured in a period: the slots, or the difference of two reads."""

    values: Values  # (slots,), or (1,) for a register
    revs: bytes
    estimated: int  # base units that are estimated or substituted
    problem: Problem | None = None
    matrix: Values | None = None  # in which the values are a row
    row: int = 0

    def digest(self) -> str:
        """Return the SHA-256 of the values as little-endian int64."""
        return hashlib.sha256(np.ascontiguousarray(self.values, dtype="<i8").data).hexdigest()


def read(bills: Iterable[BillInput]) -> dict[ChannelUse, Read]:
    """Read every channel of the bills: one query for each length of interval and period."""
    uses = {use for bill in bills for a in bill.agreements for use in a.channels}
    return fetch_now(sorted(uses, key=lambda use: (use.channel_id, use.period)))


def fetch_now(uses: Sequence[ChannelUse]) -> dict[ChannelUse, Read]:
    """Return the reads as the blocks hold them now."""
    found: dict[ChannelUse, Read] = {}
    for (period, interval_s), group in by_matrix(uses).items():
        if interval_s == 0:
            found.update(_registers(group))
            continue
        keys = [use.channel_id for use in group]
        values, status, revs = fetch_matrix(keys, period, interval_s)
        found.update(reads(group, values, status, revs))
    return found


def by_matrix(uses: Iterable[ChannelUse]) -> dict[tuple[Period, int], list[ChannelUse]]:
    """Group channel uses that one matrix can hold."""
    groups: dict[tuple[Period, int], list[ChannelUse]] = defaultdict(list)
    for use in uses:
        groups[use.period, use.interval_s].append(use)
    return groups


def reads(
    uses: Sequence[ChannelUse],
    values: Values,
    status: NDArray[np.uint8],
    revs: Sequence[bytes],
) -> dict[ChannelUse, Read]:
    """Judge the rows of a matrix: complete, free of doubt, and how much of each is estimated."""
    if (status == Quality.ACTUAL).all() and values.size and values.min() >= 0:
        return {
            use: Read(values[row], revs[row], 0, None, values, row) for row, use in enumerate(uses)
        }
    missing = (values == MISSING) | (status == Quality.MISSING)
    suspect = (status == Quality.SUSPECT) | ((values < 0) & ~missing)
    guessed = np.isin(status, ESTIMATED)
    wrong = missing.any(axis=1) | suspect.any(axis=1)
    estimated = np.where(guessed, values, 0).sum(axis=1) if guessed.any() else None
    found = {}
    for row, use in enumerate(uses):
        problem = _problem(use, missing[row], suspect[row]) if wrong[row] else None
        amount = int(estimated[row]) if estimated is not None and not wrong[row] else 0
        found[use] = Read(values[row], revs[row], amount, problem, values, row)
    return found


def side_by_side(parts: Sequence[Read]) -> Values:
    """Return the values as a matrix with a row for each; the one they were read in, if it fits."""
    matrix = parts[0].matrix
    if matrix is None or any(part.matrix is not matrix for part in parts):
        return np.stack([part.values for part in parts])
    rows = [part.row for part in parts]
    return matrix if rows == list(range(len(matrix))) else matrix[rows]


def _problem(use: ChannelUse, missing: NDArray[np.bool_], suspect: NDArray[np.bool_]) -> Problem:
    bad, code = (missing, "missing_reads") if missing.any() else (suspect, "suspect_reads")
    first = use.period.starts_at + timedelta(seconds=use.interval_s * int(bad.argmax()))
    return Problem(
        code, f"channel {use.channel_id}: {int(bad.sum())} slots, the first at {first.isoformat()}"
    )


def _registers(uses: Sequence[ChannelUse]) -> dict[ChannelUse, Read]:
    moments = {m for use in uses for m in (use.period.starts_at, use.period.ends_at)}
    rows = RegisterRead.objects.filter(
        channel_id__in=[use.channel_id for use in uses], read_at__in=moments
    ).select_related("channel")
    at = {(row.channel_id, row.read_at): row for row in rows}
    return {
        use: _difference(
            use,
            at.get((use.channel_id, use.period.starts_at)),
            at.get((use.channel_id, use.period.ends_at)),
        )
        for use in uses
    }


def _difference(
    use: ChannelUse, opening: RegisterRead | None, closing: RegisterRead | None
) -> Read:
    nothing = np.zeros(1, np.int64)
    if opening is None or closing is None:
        moment = use.period.ends_at if opening else use.period.starts_at
        detail = f"channel {use.channel_id} has no register read at {moment.isoformat()}"
        return Read(nothing, b"", 0, Problem("missing_reads", detail))
    units = closing.value_base - opening.value_base
    modulus = opening.channel.modulus
    if units < 0 and opening.value_base * 10 >= modulus * 9 and closing.value_base * 10 <= modulus:
        units += modulus  # it rolled over
    if units < 0:
        detail = f"the register of channel {use.channel_id} fell by {-units}"
        return Read(nothing, b"", 0, Problem("suspect_reads", detail))
    guessed = RegisterRead.Quality.ESTIMATED in (opening.quality, closing.quality)
    return Read(np.array([units]), b"", units if guessed else 0)


def problem_of(bill: BillInput, found: Mapping[ChannelUse, Read]) -> Problem | None:
    """Return the first thing wrong with what a bill is computed from."""
    for agreement in bill.agreements:
        for use in agreement.channels:
            if found[use].problem:
                return found[use].problem
    return None


def days_of(period: Period, zone: ZoneInfo) -> int:
    """Return the whole local days of a period, for shares of a register's difference."""
    return (period.ends_at.astimezone(zone).date() - period.starts_at.astimezone(zone).date()).days
