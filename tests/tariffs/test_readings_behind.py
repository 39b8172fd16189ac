"""The readings behind a line make its quantity, on random tariffs over the whole format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from tariffs import engine
from tariffs.engine.charges import DemandCharge, EnergyCharge
from tariffs.engine.choices import Peak, SlabRule, SlabsWithTime
from tests.tariffs import both_ways, random_tariffs

PAIRS, CHUNK = 600, 300
IN_ONE_RUN = (SlabsWithTime.PER_PERIOD, SlabsWithTime.TOTAL_ONLY)


@pytest.mark.parametrize("first", range(0, PAIRS, CHUNK))
def test_the_readings_behind_a_line_make_its_quantity(first):
    seen: Counter[str] = Counter()
    for seed in range(first, first + CHUNK):
        pair = random_tariffs.make(seed)
        for rated, column, account, usage in lines(pair):
            kind, fits = law(rated, column, account, usage)
            seen[kind] += 1
            assert fits, f"seed {seed}, account {account}: {kind} {column.charge} {column.label}"

    assert min(seen[kind] for kind in ("all of them", "a part", "metered", "peak")) >= 5


def lines(pair) -> Iterator[tuple]:
    """Yield every shown line that a meter with readings measured."""
    everyone = list(range(len(pair.past)))
    rated = both_ways.rated(pair, everyone)
    for period, one in zip(pair.periods, rated, strict=True):
        usage = both_ways.usage_of(period, everyone)
        for column in one.columns:
            charge = charge_of(one, column)
            if not isinstance(charge, EnergyCharge | DemandCharge) or "lots" in column.label:
                continue
            if isinstance(usage[column.segment, charge.source], engine.Intervals):
                yield from ((one, column, a, usage) for a in everyone if column.shown[a])


def charge_of(rated, column):
    if column.segment < 0:
        return None
    charges = rated.segments[column.segment].tariff.charges
    return next(charge for charge in charges if charge.code == column.charge)


def law(rated, column, account, usage) -> tuple[str, bool]:
    """Return what kind of line it is, and whether its readings fit its quantity."""
    charge = charge_of(rated, column)
    if isinstance(charge, DemandCharge):
        return of_demand(rated, charge, column, account, usage)
    use = of_account(usage[column.segment, charge.source], account)
    mask = engine.intervals_behind(rated.segments[column.segment], column, use)
    quantity, counted = int(column.quantity[account]), use.values[0][mask]
    if column.label.get("step") == "metered":
        return "metered", int(counted.sum()) == quantity
    if charge.steps or column.kind == "info":
        return "converted", True
    if "lower" not in column.label or charge.slab_rule is SlabRule.WHOLE_QUANTITY:
        return "all of them", int(counted.sum()) == quantity
    is_one_run = len(charge.rows) == 1 or charge.slabs_with_time in IN_ONE_RUN
    if is_one_run and not charge.slab_times and not charge.tables:
        return "a part", counted[1:-1].sum() < quantity <= counted.sum()
    return "a share", quantity <= counted.sum()


def of_demand(rated, charge, column, account, usage) -> tuple[str, bool]:
    """A peak that nothing changed is the mean power of the slots behind it."""
    parts = [column.segment]
    if charge.spans_cycle:
        parts = [i for i in before(rated, column.segment) if has(rated.segments[i], charge.code)]
    measured = [
        engine.Measured(
            rated.segments[i],
            *(of_account(usage[i, source], account) for source in charge.sources),
        )
        for i in parts
    ]
    masks = engine.peaks_behind(measured, column)
    changed = charge.ratchet or charge.floor or charge.quantum or charge.with_reactive
    if changed or charge.peak is not Peak.GREATEST or "lower" in column.label:
        return "demand", any(mask.any() for mask in masks) or bool(charge.ratchet or charge.floor)
    energy = sum(int(one.usage.values[0][m].sum()) for one, m in zip(measured, masks, strict=True))
    power = energy * 60 // charge.minutes
    return "peak", int(column.quantity[account]) == power * column.label.get("days", 1)


def before(rated, index) -> list[int]:
    """Return the segments of the same agreement up to one, none of them beside it, in time."""
    own = rated.segments[index]
    found = [
        i
        for i, other in enumerate(rated.segments)
        if other.key == own.key and (i == index or other.period.ends_at <= own.period.starts_at)
    ]
    return sorted(found, key=lambda i: rated.segments[i].period.starts_at)


def has(segment, code) -> bool:
    return any(charge.code == code for charge in segment.tariff.charges)


def of_account(usage, account) -> engine.Intervals:
    values = np.asarray(usage.values)[account : account + 1]
    return engine.Intervals(usage.starts_at, usage.interval_s, values)
