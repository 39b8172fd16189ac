"""Answers of the wizard at random in which nothing is wrong."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from tariffs.authoring.state import (
    BandRow,
    Basics,
    Charges,
    FixedRate,
    FixedRow,
    FlatRate,
    Measure,
    MinimumRow,
    PercentRow,
    SeasonalRate,
    SeasonRow,
    SlabRate,
    SlabRow,
    TariffForm,
    TimeRate,
    Window,
)
from tariffs.authoring.strips import clock
from tariffs.engine.quantities.days import DAY_END

PRICE = st.decimals(0, 100, places=6).map(str)
PERCENT = st.integers(0, 100).map(str)
ENERGY, STANDING = "energy", FixedRow("service", "Service", "7.50")


@st.composite
def right_states(draw):
    """Return answers that can be published but for their examples."""
    rate = draw(RATE)
    first = draw(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
    length = draw(st.none() | st.integers(0, 1000))
    standing = () if isinstance(rate, FixedRate) else draw(st.sampled_from([(), (STANDING,)]))
    return TariffForm(
        Basics(
            code="home",
            name=draw(st.text("abc é", min_size=1).filter(str.strip)),
            first_day=first,
            last_day=None if length is None else first + timedelta(days=length),
        ),
        rate,
        Charges(standing, draw(OTHERS)),
        change_summary="First version",
    )


@st.composite
def slabs(draw):
    bounds = sorted(draw(st.sets(st.integers(1, 10**6), max_size=5)))
    rows = (*(SlabRow(str(bound), draw(PRICE)) for bound in bounds), SlabRow(None, draw(PRICE)))
    rule = draw(st.sampled_from(["marginal", "whole_quantity"])) if bounds else "marginal"
    return SlabRate(rows, rule, draw(st.sampled_from(["prorate", "per_day", "whole", "30_days"])))


@st.composite
def seasons(draw):
    """Cut the year into ranges, the last of which goes over New Year."""
    leap = date(2024, 1, 1)
    cuts = sorted(draw(st.sets(st.integers(0, 365), min_size=2, max_size=4)))
    starts = [leap + timedelta(days=cut) for cut in cuts]
    ends = [start - timedelta(days=1) for start in (*starts[1:], starts[0])]
    rows = [
        SeasonRow(f"s{i}", f"{a:%m-%d}", f"{b:%m-%d}", draw(PRICE), draw(st.just("") | PERCENT))
        for i, (a, b) in enumerate(zip(starts, ends, strict=True))
    ]
    return SeasonalRate(tuple(rows))


@st.composite
def bands(draw):
    """Cut the day, alike on working days and at the weekend, holidays with either."""
    groups = draw(
        st.sampled_from([[("all",)], [("weekday",), ("weekend", "holiday")], [("weekday", "holiday"), ("weekend",)]])
    )  # fmt: skip
    windows = [[], [], []]
    for days in groups:
        cuts = sorted(draw(st.sets(st.integers(1, DAY_END - 1), min_size=2, max_size=5)))
        for i, (start, end) in enumerate(zip(cuts, (*cuts[1:], cuts[0]), strict=True)):
            windows[i % 3].append(Window(clock(start), clock(end), days))
    rows = [BandRow(f"b{i}", draw(PRICE), tuple(each)) for i, each in enumerate(windows) if each]
    return TimeRate(tuple(rows), draw(st.sampled_from([(), ((date(2026, 12, 25), ""),)])))


RATE = st.one_of(
    st.builds(FlatRate, PRICE, st.just(Measure(of_commodity="water", share_percent="90", unit="m3"))),
    slabs(),
    st.builds(lambda price: FixedRate(FixedRow(ENERGY, "Service", price, "month")), PRICE),
    seasons(),
    bands(),
)  # fmt: skip
OTHERS = st.lists(
    st.sampled_from(
        [
            FixedRow("fee", "Fee", "1", "day"),
            PercentRow("off", "Off", "discount", "100", (ENERGY,), ("paperless",)),
            PercentRow("more", "More", "rider", "250", ("@all", ENERGY), tax_class="reduced"),
            MinimumRow(price="5", of=(ENERGY,)),
        ]
    ),
    unique_by=lambda row: row.code,
).map(tuple)
