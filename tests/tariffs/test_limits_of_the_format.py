"""The greatest values that a tariff may state, and fields that are refused where they stand."""

from __future__ import annotations

import pytest

from core.money import Rounding
from tariffs import engine
from tests.tariffs.definitions import FLAT, definition, energy, fixed, slabs
from tests.tariffs.demand import demand

EIGHTY = {"percent": "80", "months": 11}
BY_BAND = [{"band": "day", "price": "12"}, {"band": "night", "price": "4"}]
BANDS = {"day": [{"from": "06:00", "to": "22:00"}], "night": [{"from": "22:00", "to": "06:00"}]}
HALVES = {
    "summer": [{"first": "04-01", "last": "09-30"}],
    "winter": [{"first": "10-01", "last": "03-31"}],
}
TWO_SLABS = slabs(("10", "1"), (None, "2"))
BY_BAND_IN_SLABS = [{"band": "day", "slabs": TWO_SLABS}, {"band": "night", "slabs": TWO_SLABS}]
DAY_AND_NIGHT_IN_SUMMER = [
    {"season": "summer", "band": "day", "price": "12"},
    {"season": "summer", "band": "night", "price": "4"},
    {"season": "winter", "price": "10"},
]
SLABS_IN_SUMMER = [{"season": "summer", "slabs": TWO_SLABS}, {"season": "winter", "price": "1"}]
YEAR = {"all-year": [{"first": "01-01", "last": "12-31"}]}
BY_SEASON = [{"season": "all-year", "slabs": TWO_SLABS}]


def levy(*bands):
    return {"code": "levy", "kind": "percent", "purpose": "surcharge", "of": ["service"],
            "bands": list(bands)}  # fmt: skip


def lots(months):
    return {"code": "sun", "kind": "credit", "unit": "kWh", "price": "1", "settle": "lots",
            "applies_to": ["service"], "expires_after_months": months}  # fmt: skip


def total_only(**fields):
    return definition(energy(slabs_with_time="total_only", **fields), bands=BANDS)


def tables(*rows, **fields):
    return definition(energy(slab_rule="whole_table", tables=list(rows), **fields), bands=BANDS)


def summer(**days):
    return {"summer": [{"first": "04-01", "last": "09-30", **days}]}


def by_hours(**hours):
    """Day and night, whose bounds are these."""
    bands = {"day": [{"from": "06:00", "to": "22:00", **hours}]}
    return definition(energy(prices=[{"band": "day", "price": "1"}]), bands=bands)


def each_day(bound):
    ladder = slabs((bound, "1"), (None, "2"))
    return definition(energy(slab_width="per_day", slabs=ladder))


def used(**bounds):
    return fixed("1", when=[{"use_of": "import", "unit": "kWh", "above": "5", **bounds}])


ACCEPTED = {
    "a name of 120 letters": definition(fixed("1"), name="x" * 120),
    "a tax class of 20 letters": definition(fixed("1", tax_class="x" * 20)),
    "use of this very period": definition(used(last_periods=0)),
    "credit for a hundred years": definition(fixed("1"), lots(1200)),
    "a ratchet over ten years": definition(demand(price="1", ratchet={**EIGHTY, "months": 120})),
    "a ratchet of next to nothing": definition(
        demand(price="1", ratchet={**EIGHTY, "percent": "0.00000001"})
    ),
    "a last band that says it is open": definition(
        fixed("1"), levy({"up_to": "10", "percent": "0"}, {"up_to": None, "percent": "5"})
    ),
    "a last slab that says it is open": definition(
        energy(slabs=[{"up_to": "10", "price": "1"}, {"up_to": None, "price": "2"}])
    ),
    "slabs of demand in one season of two": definition(
        demand(prices=SLABS_IN_SUMMER, slab_rule="whole_quantity"), seasons=HALVES
    ),
    "slabs in one table of two": tables(
        {"up_to": "100", "prices": BY_BAND_IN_SLABS},
        {"price": "3"},
        slabs_with_time="per_period",
    ),
}


@pytest.mark.parametrize("written", ACCEPTED.values(), ids=ACCEPTED)
def test_what_is_just_allowed_is_read(written):
    assert engine.parse(written).charges


REFUSED = [
    # where, what it says, definition
    ("charges[0].code", "must be a text", definition(fixed("1", code=""))),
    ("charges[1].expires_after_months", "from 1 to 1200", definition(fixed("1"), lots(1201))),
    (
        "charges[0].ratchet.months",
        "from 1 to 120",
        definition(demand(price="1", ratchet={**EIGHTY, "months": 121})),
    ),
    (
        "charges[1].bands[2].up_to",
        "above the band before",
        definition(
            fixed("1"),
            levy(
                {"up_to": "10", "percent": "0"},
                {"up_to": "30", "percent": "1"},
                {"up_to": "20", "percent": "2"},
                {"percent": "5"},
            ),
        ),
    ),
    (
        "charges[0]",
        "slabs by season need the wall clock",
        definition(energy(prices=BY_SEASON), seasons=YEAR, clock="standard"),
    ),
    (
        "charges[0].ratchet",
        "with time bands has no ratchet",
        definition(demand(prices=BY_BAND, ratchet=EIGHTY), bands=BANDS),
    ),
    (
        "charges[0].ratchet",
        "with time bands has no ratchet",
        definition(
            demand(prices=DAY_AND_NIGHT_IN_SUMMER, ratchet=EIGHTY), bands=BANDS, seasons=HALVES
        ),
    ),
    ("charges[0].prices", "give either", definition(energy(price="1", prices=BY_SEASON))),
    ("charges[0].prices", "give either", definition(demand(slabs=TWO_SLABS, prices=BY_SEASON))),
    ("charges[0].prices", "at least one row", definition(energy(prices=[]))),
    (
        "charges[0].prices[0].note",
        "not a field",
        definition(energy(prices=[{**BY_SEASON[0], "note": "dear"}]), seasons=YEAR),
    ),
    (
        "charges[0].slabs[0].note",
        "not a field",
        definition(energy(slabs=[{"up_to": "1", "price": "1", "note": "low"}, {"price": "2"}])),
    ),
    (
        "charges[0].slabs[0].up_to",
        "finer than the unit",
        definition(demand(slabs=slabs(("10.0005", "1"), (None, "2")))),
    ),
    (
        "charges[0].regular",
        "must not be negative",
        definition(energy(regular="-0.10", discount_percent="10")),
    ),
    (
        "charges[0].conversion.factors[0].note",
        "not a field",
        definition(
            energy(
                price="1",
                conversion={
                    "from": "m3",
                    "factors": [{"name": "Volume", "value": "1.02", "note": "x"}],
                },
            )
        ),
    ),
    ("charges[0].slabs[0].up_to", "more than 6 decimals", each_day("1.2345678")),
    ("charges[0].slabs[0].up_to", "must not be negative", each_day("-1")),
    ("charges[0].slabs[0].up_to", "above the slab before", each_day("0")),
    ("seasons.summer[0].first", "month and day", definition(seasons=summer(first="00-10"))),
    ("seasons.summer[0].first", "month and day", definition(seasons=summer(first="13-01"))),
    ("seasons.summer[0].last", "month and day", definition(seasons=summer(last="11-00"))),
    ("seasons.summer[0].last", "month and day", definition(seasons=summer(last="02-30"))),
    ("seasons.summer[0].note", "not a field", definition(seasons=summer(note="x"))),
    ("bands.day[0].from", "time of day", by_hours(**{"from": "12:60"})),
    ("bands.day[0].to", "time of day", by_hours(to="24:01")),
    ("bands.day[0].note", "not a field", by_hours(note="x")),
    ("bands.day[0].days", "a day type or a list of days", by_hours(days=[])),
    ("bands.day[0].days", "a day type or a list of days", by_hours(days=5)),
    ("bands.day[0].days", "must be one of weekday", by_hours(days=["monday"])),
    (
        "charges[0].whole_days.note",
        "not a field",
        definition(energy(slabs=TWO_SLABS, whole_days={"from": 25, "to": 35, "note": "x"})),
    ),
    (
        "charges[0].slab_times.note",
        "not a field",
        definition(energy(slabs=TWO_SLABS, slab_times={"attribute": "dwellings", "note": "x"})),
    ),
    ("bands.day[0]", "must differ", by_hours(to="00:00")),
    ("charges[0].elsewhere", "refused or free", definition(energy(price="1", elsewhere="none"))),
    ("charges[0].elsewhere", "refused or free", definition(demand(price="1", elsewhere="none"))),
    (
        "charges[0].tables[0].note",
        "not a field",
        tables({"up_to": "9", "price": "1", "note": "low"}, {"price": "2"}),
    ),
    (
        "charges[0].slabs_with_time",
        "needs slabs, for the total, beside prices",
        total_only(slabs=TWO_SLABS),
    ),
    (
        "charges[0].slabs_with_time",
        "needs slabs, for the total, beside prices",
        total_only(prices=BY_BAND),
    ),
    (
        "charges[0].prices",
        "rows beside total_only slabs have one price",
        total_only(
            slabs=TWO_SLABS,
            prices=[{"band": "day", "slabs": TWO_SLABS}, {"band": "night", "price": "1"}],
        ),
    ),
    (
        "charges[0].prices",
        "every row names a season or none does",
        definition(
            energy(
                prices=[
                    {"band": "day", "slabs": TWO_SLABS},
                    {"band": "night", "season": "summer", "slabs": TWO_SLABS},
                    {"band": "night", "season": "winter", "slabs": TWO_SLABS},
                ],
                slabs_with_time="proportional",
            ),
            bands=BANDS,
            seasons=HALVES,
        ),
    ),
    ("eligibility.zones", "not a field", definition(fixed("1"), eligibility={"zones": []})),
    ("", "has a letter that is none", definition(fixed("1"), note="\ud800")),
]


@pytest.mark.parametrize(("path", "said", "written"), REFUSED)
def test_what_is_just_too_much_is_refused(path, said, written):
    with pytest.raises(engine.TariffError, match=said) as refused:
        engine.parse(written)

    assert refused.value.path == path


def test_a_band_begins_and_ends_at_any_minute():
    bands = {
        "early": [{"from": "00:00", "to": "00:01"}],
        "late": [{"from": "00:01", "to": "12:59"}, {"from": "12:59", "to": "24:00"}],
    }
    prices = [{"band": band, "price": "1"} for band in bands]

    read = engine.parse(definition(energy(prices=prices), bands=bands))

    assert [(w.starts, w.ends) for w in read.bands["late"]] == [(1, 779), (779, 1440)]


@pytest.mark.parametrize(("bound", "base_units"), [("3", 3000), ("1.5", 1500)])
def test_a_bound_for_each_day_that_is_whole_stays_a_whole_number(bound, base_units):
    [charge] = engine.parse(each_day(bound)).charges
    upper = charge.rows[0].slabs[0].upper

    assert (upper, type(upper)) == (base_units, int)


def test_a_total_is_rounded_half_up_unless_the_tariff_says_otherwise():
    read = engine.parse(definition(fixed("1"), total={"to": "0.05"}))

    assert read.total.rounding is Rounding.HALF_UP


def test_a_field_that_is_given_twice_is_named():
    with pytest.raises(engine.TariffError, match="given twice") as refused:
        engine.load('{"code": "x", "name": "A", "name": "B"}')

    assert refused.value.path == "name"


def test_a_tariff_may_come_without_a_summary_of_its_change():
    written = {name: value for name, value in FLAT.items() if name != "change_summary"}

    assert engine.parse(written).change_summary == ""


def test_a_tariff_says_what_it_is_and_for_whom_it_is_good():
    told = {"description": "For homes", "benefits": {"en": "Cheap nights.", "pt-br": "Noites."}}

    read = engine.parse({**FLAT, **told})

    assert (read.description, read.benefits) == ("For homes", told["benefits"])
    assert (engine.parse(FLAT).description, engine.parse(FLAT).benefits) == ("", {})


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"benefits": {"english": "x"}}, "benefits.english: must be a language, e.g. en or pt-br"),
        ({"benefits": {"en": " "}}, "benefits.en: must be a text"),
        ({"benefits": "x"}, "benefits: must be an object"),
        ({"description": 5}, "description: must be a text"),
    ],
)
def test_what_tells_of_a_tariff_is_refused_by_its_place(fields, said):
    with pytest.raises(engine.TariffError, match=said):
        engine.parse({**FLAT, **fields})
