"""From two counters to the slots between them, or to the reason why not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from meters.vee.rules import Bounds, Finding, Rule, is_future, is_rollover

Values = NDArray[np.int64]


class Counter(NamedTuple):
    """What a register showed at a moment, in base units."""

    read_at: datetime
    value: int


@dataclass(frozen=True, slots=True)
class Passed:
    """What went through from one counter to the next.

    `last` is the counter to compare the next one with; None where this one is held.
    """

    last: Counter | None = None
    starts_at: datetime | None = None
    values: Values = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    is_estimated: bool = False
    findings: tuple[Finding, ...] = ()


def slots_between(
    before: Counter | None, after: Counter, *, interval_s: int, bounds: Bounds, now: datetime
) -> Passed:
    """Validate a counter against the last one and fill the slots between both.

    One slot is filled with the difference. After missed polls the difference is spread evenly
    over all of them: marked estimated, its sum exact.
    """
    if is_future(after.read_at, now):
        return _held(Rule.FUTURE, before or after, after, "The reading lies in the future.")
    if before is None:
        return Passed(last=after)
    if after.read_at <= before.read_at:
        return _repeated(before, after)
    return _counted(before, after, interval_s, bounds)


def spread(total: int, slots: int) -> Values:
    """Share a total evenly over slots in whole units; the sum is exact."""
    marks = [total * place // slots for place in range(slots + 1)]
    parts = [after - before for before, after in pairwise(marks)]
    return np.array(parts, dtype=np.int64)


def check_slots(
    starts_at: datetime, values: Values, *, interval_s: int, bounds: Bounds, now: datetime
) -> list[tuple[int, Finding]]:
    """Return the slots that fail, by their place, each with its finding."""
    step = timedelta(seconds=interval_s)
    most = bounds.most(step)
    failed = []
    for place, value in enumerate(values.tolist()):
        start = starts_at + place * step
        rule, message = _slot_problem(value, most, is_future(start + step, now))
        if rule:
            failed.append((place, Finding(rule, True, start, start + step, value, message)))
    return failed


def _slot_problem(value: int, most: int, future: bool) -> tuple[Rule | None, str]:
    if future:
        return Rule.FUTURE, "The reading lies in the future."
    if value < 0:
        return Rule.NEGATIVE, f"{value} is negative on a channel that counts one way."
    if value > most:
        return Rule.IMPOSSIBLE, f"{value} is more than the {most} that can pass."
    return None, ""


def _counted(before: Counter, after: Counter, interval_s: int, bounds: Bounds) -> Passed:
    elapsed = after.read_at - before.read_at
    difference = after.value - before.value
    findings: list[Finding] = []
    if difference < 0:
        if not is_rollover(before.value, after.value, bounds, elapsed):
            text = f"The register fell from {before.value} to {after.value}."
            return _held(Rule.NEGATIVE, before, after, text)
        difference += bounds.modulus
        text = f"The register passed its last number: {before.value} to {after.value}."
        findings.append(_finding(Rule.ROLLOVER, False, before, after, text))
    most = bounds.most(elapsed)
    if difference > most:
        text = f"{difference} is more than the {most} that can pass."
        return _held(Rule.IMPOSSIBLE, before, after, text)
    starts_at = floor(before.read_at, interval_s)
    slots = -(-int((after.read_at - starts_at).total_seconds()) // interval_s)
    if slots > 1:
        text = f"{slots - 1} polls were missed; {slots} intervals are estimated."
        findings.append(_finding(Rule.MISSING, False, before, after, text))
    return Passed(after, starts_at, spread(difference, slots), slots > 1, tuple(findings))


def floor(moment: datetime, interval_s: int) -> datetime:
    """Return the bound of the interval in which a moment lies, in UTC."""
    seconds = int(moment.timestamp())
    return datetime.fromtimestamp(seconds - seconds % interval_s, UTC)


def _repeated(before: Counter, after: Counter) -> Passed:
    if after == before:
        return Passed()
    if after.read_at == before.read_at:
        text = f"{after.value} arrived after {before.value} for the same moment."
        return _held(Rule.DUPLICATE, before, after, text)
    return _held(Rule.LATE, before, after, "The reading is older than the last one.")


def _held(rule: Rule, before: Counter, after: Counter, message: str) -> Passed:
    return Passed(findings=(_finding(rule, True, before, after, message),))


def _finding(rule: Rule, is_held: bool, before: Counter, after: Counter, message: str) -> Finding:
    first, last = sorted((before.read_at, after.read_at))
    if first == last:
        last += timedelta(seconds=1)
    return Finding(rule, is_held, first, last, after.value, message)
