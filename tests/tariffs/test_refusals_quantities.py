"""What a tariff may not say of its quantities, slabs, widths and fixed amounts."""

from __future__ import annotations

import pytest

from tariffs import engine
from tests.tariffs.definitions import definition, energy, fixed, slabs

BANDS = {
    "day": [{"from": "06:00", "to": "22:00"}],
    "night": [{"from": "22:00", "to": "06:00"}],
}
SEASONS = {
    "early": [{"first": "01-01", "last": "06-10"}],
    "late": [{"first": "06-11", "last": "12-31"}],
}
BY_BAND = [{"band": "day", "price": "1"}, {"band": "night", "price": "2"}]
SLABS = slabs(("10", "1"), (None, "2"))
FACTOR = {"name": "Calorific value", "value": "39.2"}
POWER = {"code": "power", "kind": "demand", "unit": "kW", "price": "1"}


def area(**fields):
    return definition(energy(unit="m2", attribute="area", **fields), bands=BANDS, seasons=SEASONS)


def used(*charges, **fields):
    """Return a tariff of one charge for use, with bands and seasons to name."""
    priced = {} if {"slabs", "prices", "tables"} & set(fields) else {"price": "1"}
    return definition(energy(**priced, **fields), *charges, bands=BANDS, seasons=SEASONS)


def converted(*factors, **fields):
    return used(conversion={"from": "m3", "factors": list(factors), **fields})


def by_table(*tables, **fields):
    return used(slab_rule="whole_table", tables=list(tables), **fields)


def by_season(*rows, **fields):
    charge = fixed("1", prices=list(rows), **fields)
    del charge["price"]
    return definition(charge, seasons=SEASONS)


REFUSED = [
    # quantities
    ("charges[0].unit", "must be one of", used(unit="m2")),
    ("charges[0].unit", "must be one of", used(unit="kW")),
    ("charges[0].unit", "must be one of", used(unit="W")),
    ("charges[0].unit", "must be one of", definition(energy(attribute="area", price="1"))),
    ("charges[0].source", "must not be empty", used(source="")),
    ("charges[0].source", "small letters", used(source="water.import")),
    ("charges[0].commodity", "must be one of", used(commodity="steam")),
    ("charges[0].commodity", "is the tariff's own", used(commodity="electricity")),
    ("charges[0].attribute", "must be a text", definition(energy(unit="m2", attribute=""))),
    ("charges[0].proration", "only an attribute", used(proration="whole")),
    ("charges[0].proration", "must be one of", area(price="1", proration="never")),
    ("charges[0].source", "not metered", area(price="1", source="import")),
    ("charges[0].commodity", "not metered", area(price="1", commodity="water")),
    ("charges[0].less", "not metered", area(price="1", less=[{"source": "export"}])),
    ("charges[0].conversion", "not metered", area(price="1", conversion={})),
    (
        "charges[0].slabs_with_time",
        "not metered",
        area(slabs=SLABS, slabs_with_time="proportional"),
    ),
    ("charges[0].slab_width", "not metered", area(slabs=SLABS, slab_width="whole")),
    ("charges[0].slab_times", "not metered", area(slabs=SLABS, slab_times={"demand": "power"})),
    ("charges[0].whole_days", "not metered", area(slabs=SLABS, whole_days={"from": 1, "to": 2})),
    ("charges[0].prices", "no time bands", area(prices=BY_BAND)),
    # steps
    ("charges[0].less", "must be a list", used(less="export")),
    ("charges[0].less[0].source", "is missing", used(less=[{"percent": "100"}])),
    ("charges[0].less[0].source", "off itself", used(less=[{"source": "import"}])),
    (
        "charges[0].less[0].percent",
        "not exceed 100",
        used(less=[{"source": "export", "percent": "100.01"}]),
    ),
    (
        "charges[0].less[0].percent",
        "above 0",
        used(less=[{"source": "export", "percent": "0"}]),
    ),
    ("charges[0].less[0].part", "not a field", used(less=[{"source": "export", "part": "1"}])),
    ("charges[0].share_percent", "above 0", used(share_percent="-5")),
    ("charges[0].share_percent", "more than 8 decimals", used(share_percent="85.000000001")),
    ("charges[0].conversion", "must be an object", used(conversion="39.2")),
    ("charges[0].conversion.from", "must be one of", converted(FACTOR, **{"from": "barrel"})),
    ("charges[0].conversion.factors", "at least one", converted()),
    ("charges[0].conversion.to", "not a field", converted(FACTOR, to="kWh")),
    ("charges[0].conversion.factors[0].name", "is missing", converted({"value": "2"})),
    ("charges[0].conversion.factors[0].value", "is missing", converted({"name": "Z"})),
    ("charges[0].conversion.factors[0].value", "above 0", converted({**FACTOR, "value": "0"})),
    (
        "charges[0].conversion.factors[0].value",
        "more than 8 decimals",
        converted({**FACTOR, "value": "1.000000001"}),
    ),
    (
        "charges[0].conversion.factors[0].value",
        "a value or a name",
        converted({**FACTOR, "given": "calorific-value"}),
    ),
    (
        "charges[0].conversion.factors[1].by",
        "multiply or divide",
        converted(FACTOR, {**FACTOR, "by": "subtract"}),
    ),
    ("charges[0].at_most", "above 0", used(at_most="0")),
    ("charges[0].at_most", "must not be negative", used(at_most="-1")),
    ("charges[0].at_most", "finer than the unit", used(at_most="0.0001")),
    ("charges[0].at_most", "caps one quantity", used(at_most="30", prices=BY_BAND)),
    (
        "charges[0].at_most",
        "caps one quantity",
        used(
            at_most="30",
            prices=[{"season": "early", "price": "1"}, {"season": "late", "price": "1"}],
        ),
    ),
    (
        "charges[0].at_most",
        "caps one quantity",
        by_table({"up_to": "9", "price": "1"}, {"prices": BY_BAND}, at_most="30"),
    ),
    ("charges[0].round_quantity", "must be an object", used(round_quantity="up")),
    ("charges[0].round_quantity.to", "is missing", used(round_quantity={"rounding": "up"})),
    ("charges[0].round_quantity.to", "above 0", used(round_quantity={"to": "0"})),
    (
        "charges[0].round_quantity.rounding",
        "must be one of",
        used(round_quantity={"to": "1", "rounding": "sideways"}),
    ),
    *(
        (
            "charges[0].slabs_with_time",
            "no step can change",
            used(
                slabs_with_time="chronological",
                prices=[{"band": band, "slabs": SLABS} for band in BANDS],
                **step,
            ),
        )
        for step in (
            {"share_percent": "85"},
            {"less": [{"source": "export"}]},
            {"conversion": {"from": "m3", "factors": [FACTOR]}},
            {"round_quantity": {"to": "1"}},
        )
    ),
    # slab rules and tables
    ("charges[0].slab_rule", "must be one of", used(slab_rule="block")),
    ("charges[0].slab_rule", "no slabs", used(slab_rule="whole_quantity")),
    (
        "charges[0].slabs_with_time",
        "no order of time",
        used(
            slab_rule="whole_quantity",
            slabs_with_time="chronological",
            prices=[{"band": band, "slabs": SLABS} for band in BANDS],
        ),
    ),
    ("charges[0].tables", "is missing", definition(energy(slab_rule="whole_table"))),
    ("charges[0].tables", "only the slab rule whole_table", used(tables=[{"price": "1"}])),
    ("charges[0].tables", "at least one", by_table()),
    (
        "charges[0].tables[1].up_to",
        "the last table must be open",
        by_table({"up_to": "9", "price": "1"}, {"up_to": "99", "price": "1"}),
    ),
    (
        "charges[0].tables[0].up_to",
        "only the last table is open",
        by_table({"price": "1"}, {"price": "1"}),
    ),
    (
        "charges[0].tables[1].up_to",
        "above the table before",
        by_table({"up_to": "9", "price": "1"}, {"up_to": "9", "price": "1"}, {"price": "1"}),
    ),
    ("charges[0].tables[0].price", "is missing", by_table({"up_to": "9"}, {"price": "1"})),
    (
        "charges[0].tables[0].slabs[1].up_to",
        "the last slab must be open",
        by_table({"slabs": [{"up_to": "5", "price": "1"}, {"up_to": "9", "price": "1"}]}),
    ),
    (
        "charges[0].tables[0].prices",
        "at 22:00 (mon) has no price",
        by_table({"prices": [{"band": "day", "price": "1"}]})
        | {"bands": {"day": [{"from": "00:00", "to": "22:00"}]}},
    ),
    (
        "charges[0].tables[0].slabs_with_time",
        "is missing: slabs and bands meet",
        by_table({"prices": [{"band": band, "slabs": SLABS} for band in BANDS]}),
    ),
    (
        "charges[0].slabs_with_time",
        "no table of this charge has slabs",
        by_table({"price": "1"}, slabs_with_time="proportional"),
    ),
    (
        "charges[0].price",
        "stands in the tables",
        definition(energy(slab_rule="whole_table", price="1", tables=[{"price": "1"}])),
    ),
    # widths
    ("charges[0].slab_width", "must be one of", used(slabs=SLABS, slab_width="per_week")),
    (
        "charges[0].whole_days.to",
        "25 is below 35",
        used(slabs=SLABS, whole_days={"from": 35, "to": 25}),
    ),
    (
        "charges[0].whole_days.from",
        "at least 1",
        used(slabs=SLABS, whole_days={"from": 0, "to": 25}),
    ),
    (
        "charges[0].whole_days.from",
        "more than 0 decimals",
        used(slabs=SLABS, whole_days={"from": "1.5", "to": 25}),
    ),
    ("charges[0].whole_days.to", "is missing", used(slabs=SLABS, whole_days={"from": 25})),
    ("charges[0].whole_days", "no slabs", used(whole_days={"from": 25, "to": 35})),
    *(
        (
            "charges[0].whole_days",
            f"width {width}",
            used(slabs=SLABS, slab_width=width, whole_days={"from": 25, "to": 35}),
        )
        for width in ("per_day", "year")
    ),
    ("charges[0].slab_times", "no slabs", used(slab_times={"attribute": "dwellings"})),
    ("charges[0].slab_times", "needs either", used(slabs=SLABS, slab_times={})),
    (
        "charges[0].slab_times",
        "needs either",
        used(POWER, slabs=SLABS, slab_times={"demand": "power", "attribute": "dwellings"}),
    ),
    (
        "charges[0].slab_times.demand",
        "not a charge here",
        used(slabs=SLABS, slab_times={"demand": "power"}),
    ),
    (
        "charges[0].slab_times.demand",
        "not a charge for demand",
        used(fixed("1"), slabs=SLABS, slab_times={"demand": "service"}),
    ),
    # fixed amounts
    ("charges[0].basis", "must be one of", definition(fixed("1", basis="week"))),
    *(
        (
            "charges[0].proration",
            "only an amount per period or month",
            definition(fixed("1", basis=basis, proration="whole")),
        )
        for basis in ("day", "30_days", "year", "served_day")
    ),
    *(
        (
            "charges[0].whole_days",
            "not that of a bill",
            definition(fixed("1", basis=basis, whole_days={"from": 25, "to": 35})),
        )
        for basis in ("day", "year", "served_day")
    ),
    (
        "charges[0].whole_days",
        "always whole",
        definition(fixed("1", proration="whole", whole_days={"from": 25, "to": 35})),
    ),
    ("charges[0].price", "more than 8 decimals", definition(fixed("0.123456789"))),
    ("charges[0].prices", "at least one", by_season()),
    ("charges[0].prices", "06-11 has no price", by_season({"season": "early", "price": "1"})),
    (
        "charges[0].prices",
        "01-01 has two prices: prices[0] and prices[1]",
        by_season({"season": "early", "price": "1"}, {"price": "2"}),
    ),
    (
        "charges[0].prices[0].season",
        "not among the seasons",
        by_season({"season": "monsoon", "price": "1"}),
    ),
    ("charges[0].prices[0].band", "not a field", by_season({"band": "day", "price": "1"})),
    (
        "charges[0].prices",
        "either prices by season or one price",
        definition(fixed("1", prices=[{"season": "early", "price": "1"}]), seasons=SEASONS),
    ),
    # calendars
    ("on_change", "must be one of", definition(fixed("1"), on_change="first_day")),
    ("holidays[0]", "must be a day", definition(fixed("1"), holidays=["4 July"])),
    ("holidays[0].day", "must be a day", definition(fixed("1"), holidays=[{"day": 4}])),
    ("holidays[0].name", "is missing", definition(fixed("1"), holidays=[{"day": "2026-07-03"}])),
]


@pytest.mark.parametrize(("path", "says", "written"), REFUSED)
def test_refuses_and_names_the_row(path, says, written):
    with pytest.raises(engine.TariffError) as refused:
        engine.parse(written)

    assert refused.value.path == path
    assert says in str(refused.value)
