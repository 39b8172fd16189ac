"""Answers of the wizard at random: any that can be entered, and ones that are right."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from tariffs.authoring.state import (
    BandRow,
    Basics,
    Charges,
    ExampleRow,
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

DAY = st.dates(date(1900, 1, 1), date(8999, 12, 30))
MAYBE_DAY = st.none() | DAY
WORD = st.text("abcäé -_1", min_size=1, max_size=8)
TEXT = st.text(max_size=12)
NUMBER = st.sampled_from(["", "0", "0.12", "0.1200", "12", "1e2", "-1", "much", "0.1234567"])
CODE = st.sampled_from(["", "energy", "service", "fee", "second-fee", "Not a code"])
CODES = st.lists(CODE.filter(bool), max_size=3).map(tuple)
CLASS = st.sampled_from(["standard", "reduced", "none"])
CLOCK = st.sampled_from(["00:00", "06:00", "16:30", "22:00", "24:00", "noon", ""])
MONTH_DAY = st.sampled_from(["01-01", "02-29", "10-31", "11-01", "12-31", "13-01", ""])
DAYS = st.sampled_from(
    [("all",), ("weekday",), ("weekend", "holiday"), ("mon", "tue"), ("never",), ()]
)

BASICS = st.builds(
    Basics,
    code=TEXT,
    name=TEXT,
    commodity=st.sampled_from(["electricity", "water", "sewer", "heat", ""]),
    description=TEXT,
    benefits=st.dictionaries(WORD, TEXT, max_size=2).map(lambda each: tuple(each.items())),
    categories=st.lists(WORD, max_size=2).map(tuple),
    areas=st.lists(WORD, max_size=2).map(tuple),
    first_day=MAYBE_DAY,
    last_day=MAYBE_DAY,
    currency=st.sampled_from(["USD", "JPY", "usd", ""]),
    zone=st.sampled_from(["UTC", "Europe/Paris", "Nowhere"]),
)
MEASURE = st.builds(
    Measure,
    unit=st.sampled_from(["kWh", "m3", "furlong", ""]),
    code=CODE,
    name=TEXT,
    tax_class=CLASS,
    of_commodity=st.sampled_from(["", "", "water"]),
    share_percent=NUMBER,
)
SLABS = st.builds(SlabRow, st.none() | NUMBER.filter(bool), NUMBER)
FIXED = st.builds(
    FixedRow,
    code=CODE,
    name=TEXT,
    price=NUMBER,
    basis=st.sampled_from(["period", "day", "month"]),
    proration=st.sampled_from(["days", "whole"]),
    tax_class=CLASS,
)
SEASON = st.builds(SeasonRow, WORD, MONTH_DAY, MONTH_DAY, NUMBER, NUMBER)
WINDOWS = st.lists(st.builds(Window, CLOCK, CLOCK, DAYS), max_size=3).map(tuple)
BAND = st.builds(BandRow, WORD, NUMBER, WINDOWS)


def _named(row):
    return row.name


RATE = st.one_of(
    st.builds(FlatRate, NUMBER, MEASURE),
    st.builds(
        SlabRate,
        st.lists(SLABS, max_size=4).map(tuple),
        st.sampled_from(["marginal", "whole_quantity"]),
        st.sampled_from(["prorate", "per_day", "whole"]),
        MEASURE,
    ),
    st.builds(FixedRate, FIXED),
    st.builds(SeasonalRate, st.lists(SEASON, max_size=3, unique_by=_named).map(tuple), MEASURE),
    st.builds(
        TimeRate,
        st.lists(BAND, max_size=3, unique_by=_named).map(tuple),
        st.lists(st.tuples(DAY, st.just("") | WORD), max_size=2).map(tuple),
        MEASURE,
    ),
)
OTHER = st.one_of(
    FIXED,
    st.builds(MinimumRow, CODE, TEXT, NUMBER, CODES, st.sampled_from(["period", "day"]), CLASS),
    st.builds(
        PercentRow,
        CODE,
        TEXT,
        st.sampled_from(["discount", "surcharge", "rider"]),
        NUMBER,
        CODES,
        st.lists(WORD, max_size=2).map(tuple),
        CLASS,
    ),
)
USE = st.tuples(NUMBER, st.just(())) | st.tuples(
    st.just(""),
    st.dictionaries(WORD, NUMBER, min_size=1, max_size=2).map(lambda each: tuple(each.items())),
)
EXAMPLE = st.builds(
    lambda use, **rest: ExampleRow(use=use[0], by_band=use[1], **rest),
    use=USE,
    first=MAYBE_DAY,
    last=MAYBE_DAY,
    total=NUMBER,
    name=TEXT,
    conditions=st.lists(WORD, max_size=2).map(tuple),
)


@st.composite
def states(draw):
    """Return any answers, wrong ones too, of which each is entered once."""
    rate = draw(RATE)
    standing = () if isinstance(rate, FixedRate) else tuple(draw(st.lists(FIXED, max_size=2)))
    return TariffForm(
        basics=draw(BASICS),
        rate=rate,
        charges=Charges(standing, tuple(draw(st.lists(OTHER, max_size=3)))),
        examples=tuple(draw(st.lists(EXAMPLE, max_size=2))),
        change_summary=draw(TEXT),
    )
