"""The panel of checks names what is missing or wrong, and what is in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from tariffs import engine
from tariffs.authoring import Level, Step, TariffForm, checks, definition, samples, state_of
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
    TimeRate,
    Window,
)
from tariffs.authoring.strips import strip
from tests.tariffs import definitions
from tests.tariffs.authoring.right_states import right_states
from tests.tariffs.authoring.states import states

SOME = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
BASICS = Basics(code="home", name="Home", first_day=date(2026, 1, 1))
RIGHT = TariffForm(
    BASICS,
    FlatRate("0.12"),
    examples=(ExampleRow(date(2026, 1, 1), date(2026, 1, 31), "100", total="12.00"),),
    change_summary="First version",
)


def found(state, level=Level.ERROR):
    return {(c.step.value, c.field, c.code) for c in checks(state) if c.level is level}


def of_rate(rate, level=Level.ERROR):
    said = [c for c in checks(replace(RIGHT, rate=rate, examples=())) if c.level is level]
    return {(c.field, c.code): dict(c.params) for c in said if c.step is Step.RATES}


@SOME
@given(state=states())
def test_checks_never_raise(state):
    assert any(check.level is Level.ERROR for check in checks(state)) or engine.parse(
        definition(state)
    )


@SOME
@given(state=right_states())
def test_what_is_right_passes_and_can_be_priced(state):
    assert found(state) == set()
    assert state_of(definition(state)) == state
    tariff = engine.parse(definition(state))
    assert samples([tariff], [Decimal(0), Decimal("123.456")], date(2026, 10, 1), tariff.zone)


def test_a_right_tariff_has_no_errors():
    assert found(RIGHT) == set()
    assert found(RIGHT, Level.WARNING) == set()
    assert ("examples", "examples[0]", "example_right") in found(RIGHT, Level.OK)


def test_an_empty_form_names_all_that_is_missing():
    assert found(TariffForm()) == {
        ("basics", "name", "name_missing"),
        ("basics", "code", "code_missing"),
        ("basics", "first_day", "first_day_missing"),
        ("rates", "price", "number_missing"),
        ("summary", "change_summary", "summary_missing"),
    }


@pytest.mark.parametrize(
    ("change", "where", "code"),
    [
        ({"name": "x" * 121}, "name", "name_long"),
        ({"name": "  "}, "name", "name_missing"),
        ({"code": "Home!"}, "code", "code_wrong"),
        ({"commodity": "heat"}, "commodity", "not_a_choice"),
        ({"currency": "usd"}, "currency", "not_a_choice"),
        ({"zone": "Nowhere"}, "zone", "not_a_choice"),
        ({"last_day": date(2025, 12, 31)}, "last_day", "last_day_before_first"),
        ({"last_day": date.max}, "last_day", "day_out_of_range"),
    ],
)
def test_basics(change, where, code):
    state = replace(RIGHT, basics=replace(BASICS, **change))

    assert ("basics", where, code) in found(state)


def test_one_day_is_a_time_of_validity():
    state = replace(RIGHT, basics=replace(BASICS, last_day=date(2026, 1, 1)), examples=())

    assert found(state) == set()


@pytest.mark.parametrize(
    ("price", "code"),
    [
        ("", "number_missing"),
        ("much", "not_a_number"),
        ("-0.01", "negative"),
        ("0.1234567", "decimals"),
        ("1e-7", "decimals"),
    ],
)
def test_a_price_is_a_number_of_six_decimals(price, code):
    assert ("price", code) in of_rate(FlatRate(price))


def test_six_decimals_are_taken():
    assert of_rate(FlatRate("0.123456")) == {}


def test_slabs_rise_and_the_last_is_open():
    rows = (SlabRow("100", "0.08"), SlabRow("50", "0.10"), SlabRow(None, "1"), SlabRow("500", "1"))

    assert of_rate(SlabRate(rows)) == {
        ("rows[1].up_to", "slab_order"): {"slab": 2, "above": 100},
        ("rows[2].up_to", "bound_missing"): {"slab": 3},
        ("rows[3].up_to", "last_slab_open"): {"above": "500"},
    }
    assert ("rows", "slabs_missing") in of_rate(SlabRate(()))
    assert ("rows", "one_slab") in of_rate(SlabRate((SlabRow(None, "1"),)), Level.WARNING)
    right = SlabRate((SlabRow("100", "0.08"), SlabRow(None, "0.1")))
    assert of_rate(right, Level.OK)["rows", "slabs_cover"] == {"slabs": 2}


def test_seasons_cover_the_year():
    winter = SeasonRow("winter", "11-01", "03-31", "0.12", "25")
    summer = SeasonRow("summer", "04-10", "10-31", "0.12")

    holes = of_rate(SeasonalRate((winter, summer)))["rows", "days_uncovered"]
    twice = of_rate(SeasonalRate((winter, replace(summer, first="03-31"))))["rows", "days_twice"]
    right = SeasonalRate((winter, replace(summer, first="04-01")))

    assert holes == {"days": 9, "ranges": [("04-01", "04-09")]}
    assert twice == {"days": 1, "ranges": [("03-31", "03-31")]}
    assert of_rate(right) == {}
    assert of_rate(right, Level.OK)["rows", "year_covered"] == {"days": 366}


@pytest.mark.parametrize(
    ("row", "where", "code"),
    [
        (SeasonRow("", "01-01", "12-31", "1"), "name", "name_missing"),
        (SeasonRow("x", "13-01", "12-31", "1"), "first", "not_a_month_day"),
        (SeasonRow("x", "01-01", "12-31", "-1"), "regular", "negative"),
        (SeasonRow("x", "01-01", "12-31", "1", "101"), "discount_percent", "above_most"),
        (SeasonRow("x", "01-01", "12-31", "0.123456", "0.1234"), "discount_percent",
         "derived_decimals"),
    ],
)  # fmt: skip
def test_a_season_is_refused_by_its_field(row, where, code):
    assert (f"rows[0].{where}", code) in of_rate(SeasonalRate((row,)))


def test_a_season_is_named_once():
    rows = (SeasonRow("x", "01-01", "06-30", "1"), SeasonRow("x", "07-01", "12-31", "1"))

    assert ("rows[1].name", "name_twice") in of_rate(SeasonalRate(rows))


def test_hours_of_each_day_are_covered():
    rate = state_of(definitions.PEAK_HOUR).rate

    said = [c for c in checks(replace(RIGHT, rate=rate, examples=())) if c.step is Step.RATES]

    assert [(c.params["day"], c.params["hours"], c.params["of"]) for c in said] == [
        (day, 24, 24) for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    ]
    assert {c.code for c in said} == {"hours_covered"}


def test_uncovered_hours_and_overlaps_are_listed():
    bands = (
        BandRow("night", "1", (Window("22:00", "06:00"),)),
        BandRow("day", "1", (Window("05:00", "21:30", ("weekday",)),)),
    )
    said = [
        (c.code, c.params["hours"], c.params["windows"])
        for c in checks(replace(RIGHT, rate=TimeRate(bands), examples=()))
        if c.step is Step.RATES and c.params.get("day") in ("mon", "sun")
    ]

    assert [(code, str(hours), windows) for code, hours, windows in said] == [
        ("hours_uncovered", "23.5", [("21:30", "22:00", ())]),
        ("hours_twice", "23.5", [("05:00", "06:00", ("night", "day"))]),
        ("hours_uncovered", "8", [("06:00", "22:00", ())]),
    ]


def test_holidays_are_a_day_of_their_own():
    bands = (BandRow("all", "1", (Window(days=("weekday", "weekend")),)),)
    rate = TimeRate(bands, ((date(2026, 12, 25), "Christmas Day"),))

    assert of_rate(replace(rate, holidays=())) == {}
    assert of_rate(rate)["bands", "hours_uncovered"]["day"] == "holiday"


@pytest.mark.parametrize(
    ("band", "where", "code"),
    [
        (BandRow("", "1", (Window(),)), "name", "name_missing"),
        (BandRow("x", "1"), "windows", "windows_missing"),
        (BandRow("x", "1", (Window("noon"),)), "windows[0].starts", "not_a_time"),
        (BandRow("x", "1", (Window("06:00", "06:00"),)), "windows[0]", "window_empty"),
        (BandRow("x", "1", (Window(days=("never",)),)), "windows[0].days", "not_a_day"),
        (BandRow("x", "1", (Window(days=()),)), "windows[0].days", "days_missing"),
    ],
)
def test_a_band_is_refused_by_its_field(band, where, code):
    assert (f"bands[0].{where}", code) in of_rate(TimeRate((band,)))


def test_a_strip_runs_from_midnight_to_midnight():
    stretches = strip(state_of(definitions.PEAK_HOUR).rate, "mon")

    assert [(s.starts, s.ends, *s.bands) for s in stretches] == [
        ("00:00", "06:00", "off_peak"),
        ("06:00", "16:00", "standard"),
        ("16:00", "20:00", "peak"),
        ("20:00", "22:00", "standard"),
        ("22:00", "24:00", "off_peak"),
    ]


@pytest.mark.parametrize(
    ("row", "where", "code"),
    [
        (FixedRow("energy", "Fee", "1"), "code", "code_twice"),
        (FixedRow("", "Fee", "1"), "code", "code_missing"),
        (FixedRow("fee", "Fee", ""), "price", "number_missing"),
        (FixedRow("fee", "Fee", "1", basis="week"), "basis", "not_a_choice"),
        (MinimumRow(price="1"), "of", "of_missing"),
        (MinimumRow(price="1", of=("nobody",)), "of", "of_unknown"),
        (MinimumRow(price="1", of=("minimum",)), "of", "of_unknown"),
        (PercentRow("off", "Off", "discount", "101", ("energy",)), "percent", "above_most"),
    ],
)
def test_a_charge_is_refused_by_its_field(row, where, code):
    state = replace(RIGHT, charges=Charges(others=(row,)))

    assert ("charges", f"others[0].{where}", code) in found(state)


def test_what_only_the_engine_finds_is_told_on_its_step():
    both = (
        PercentRow("a", "A", "surcharge", "1", ("b",)),
        PercentRow("b", "B", "surcharge", "1", ("a",)),
    )
    circle = replace(RIGHT, charges=Charges(others=both))
    unit = replace(RIGHT, rate=FlatRate("1", Measure(unit="kW")), examples=())

    assert {(step, code) for step, _, code in found(circle)} == {("charges", "refused")}
    assert {(step, code) for step, _, code in found(unit)} == {("rates", "refused")}


def test_examples_must_come_out():
    wrong = replace(RIGHT, examples=(replace(RIGHT.examples[0], total="12.01"),))

    assert found(wrong) == {("examples", "examples[0]", "example_fails")}
    assert found(replace(RIGHT, examples=()), Level.WARNING) == {
        ("examples", "examples", "no_example")
    }


def test_a_fixed_rate_is_checked():
    state = replace(RIGHT, rate=FixedRate(FixedRow("service", "Service", "-1")), examples=())

    assert found(state) == {("rates", "charge.price", "negative")}
