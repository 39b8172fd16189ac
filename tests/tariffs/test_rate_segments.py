"""However a period is cut: no day, no unit and no price is billed twice or never."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from core.periods import Period, local_days
from tariffs import engine
from tariffs.engine.quantities.days import billing_days
from tariffs.rate_file import quantities, usage
from tariffs.rate_file.account import Account, Dated
from tariffs.rate_file.cycle import Billed
from tariffs.rate_file.segments import segments
from tariffs.rate_file.versions import Family, Version
from tests.tariffs.definitions import definition, energy, fixed
from tests.tariffs.files import TOTALS

HERE = ZoneInfo("America/New_York")
FIRST = date(2026, 10, 20)  # the clocks go back on 1 November
DAYS = 40
CONDITIONS = ("social", "paperless")

offsets = st.integers(-5, DAYS + 5)
ranges = st.tuples(offsets, offsets).filter(lambda ends: ends[0] < ends[1])


def day(offset: int) -> date:
    return FIRST + timedelta(days=offset)


def families(starts: list[int]) -> Family:
    """Return versions that begin on these days, the first one long before."""
    days = [date(2020, 1, 1), *sorted({day(start) for start in starts})]
    tariffs = [
        engine.parse(
            definition(
                energy(price="1"),
                fixed("1", basis="day"),
                *(fixed("1", code=name, basis="day", when=[name]) for name in CONDITIONS),
                **{"from": str(start)},
            )
        )
        for start in days
    ]
    ends = [*days[1:], None]
    return Family(
        tuple(
            Version(Path("t.json"), tariff, end) for tariff, end in zip(tariffs, ends, strict=True)
        )
    )


def cut(starts, conditions) -> tuple[Period, list[engine.Segment], Account]:
    period = local_days(FIRST, day(DAYS - 1), HERE)
    held = tuple(
        Dated(name, day(first), day(end))
        for name, (first, end) in zip(CONDITIONS, conditions, strict=False)
    )
    account = Account(conditions=held)
    return period, segments(families(starts), Billed(period, period), HERE, account), account


@settings(max_examples=100, deadline=None)
@given(starts=st.lists(offsets, max_size=3), conditions=st.lists(ranges, max_size=2))
def test_segments_follow_each_other_and_fill_the_period(starts, conditions):
    period, found, account = cut(starts, conditions)

    assert (found[0].period.starts_at, found[-1].period.ends_at) == (
        period.starts_at,
        period.ends_at,
    )
    assert all(a.period.ends_at == b.period.starts_at for a, b in pairwise(found))
    for segment in found:
        for each in billing_days(segment.period, HERE):
            assert segment.tariff.starts_on <= each
            assert segment.conditions == account.conditions_on(each)


@settings(max_examples=100, deadline=None)
@given(starts=st.lists(offsets, max_size=3), conditions=st.lists(ranges, max_size=2))
def test_neighbours_differ_in_something_that_is_priced(starts, conditions):
    _, found, _ = cut(starts, conditions)

    assert all((a.tariff, a.conditions) != (b.tariff, b.conditions) for a, b in pairwise(found))


@settings(max_examples=100, deadline=None)
@given(
    starts=st.lists(offsets, max_size=3),
    conditions=st.lists(ranges, max_size=2),
    units=st.integers(0, 10**9),
)
def test_the_parts_of_a_total_add_up_to_it(starts, conditions, units):
    period, found, _ = cut(starts, conditions)
    use = usage.read([f"{TOTALS}\n", f"{FIRST},{day(DAYS)},import,{units},Wh\n"], HERE)

    parts = [quantities.usage(use, "import", segment, period) for segment in found]

    assert sum(int(part.values[0]) for part in parts) == units
    assert all(part.values[0] >= 0 for part in parts)


@settings(max_examples=60, deadline=None)
@given(starts=st.lists(offsets, max_size=3), conditions=st.lists(ranges, max_size=2))
def test_every_day_and_unit_is_billed_once(starts, conditions):
    period, found, _ = cut(starts, conditions)
    use = usage.read([f"{TOTALS}\n", f"{FIRST},{day(DAYS)},import,{DAYS},kWh\n"], HERE)
    parts = {
        (i, "import"): quantities.usage(use, "import", segment, period)
        for i, segment in enumerate(found)
    }

    rated = engine.rate(found, parts, [], currency="USD", n=1)

    by_charge: dict[str, int] = {}
    for column in rated.columns:
        by_charge[column.charge] = by_charge.get(column.charge, 0) + int(column.amount_minor[0])
    assert by_charge["energy"] == by_charge["service"] == DAYS * 100
    for name, (first, end) in zip(CONDITIONS, conditions, strict=False):
        assert by_charge.get(name, 0) == 100 * max(0, min(end, DAYS) - max(first, 0))
