"""A tariff that cannot be priced is refused with the path of its row."""

from __future__ import annotations

import copy

import pytest

from tariffs import engine
from tests.tariffs.definitions import (
    FLAT,
    PEAK_HOUR,
    RESIDENTIAL_BASIC,
    WATER,
    WINTER_DISCOUNT,
    definition,
    energy,
    fixed,
    slabs,
)


def changed(base, path, value):
    """Return a copy of a definition with one field set, or left out if the value is ..."""
    copied = copy.deepcopy(base)
    *way, last = path
    target = copied
    for step in way:
        target = target[step]
    if value is ...:
        del target[last]
    else:
        target[last] = value
    return copied


def percent(code, *of, **fields):
    fields = {"purpose": "surcharge", "percent": "5", **fields}
    return {"code": code, "kind": "percent", "of": list(of), **fields}


REFUSED = [
    # where, what it says, definition
    ("name", "has a letter that is none", changed(FLAT, ["name"], "Home\0")),
    ("name", "has a letter that is none", changed(FLAT, ["name"], "Home\ud800")),
    ("name", "has a letter that is none", changed(FLAT, ["name"], "Home\udfff")),
    ("name", "is longer than 120 letters", changed(FLAT, ["name"], "x" * 121)),
    (
        "charges[0].slabs[3].up_to",
        "last slab must be open",
        changed(WATER, ["charges", 0, "slabs", 3, "up_to"], "9000"),
    ),
    (
        "charges[0].slabs[1].up_to",
        "is missing",
        changed(WATER, ["charges", 0, "slabs", 1, "up_to"], ...),
    ),
    (
        "charges[0].slabs[1].up_to",
        "above the slab before",
        changed(WATER, ["charges", 0, "slabs", 1, "up_to"], "100"),
    ),
    (
        "charges[0].slabs[0].up_to",
        "finer than the unit",
        changed(WATER, ["charges", 0, "slabs", 0, "up_to"], "100.0005"),
    ),
    (
        "charges[0].slabs[0].price",
        "must not be negative",
        changed(WATER, ["charges", 0, "slabs", 0, "price"], "-0.08"),
    ),
    ("charges[0].price", "more than 8 decimals", definition(energy(price="0.123456789"))),
    ("charges[0].price", "so that no digit is lost", definition(energy(price=0.12))),
    ("charges[0].price", "in quotes", definition(energy(price="twelve"))),
    ("charges[0].price", "too great", definition(energy(price="1e30"))),
    ("charges[0].price", "must be a number", definition(energy(price="NaN"))),
    ("charges[0].price", "is missing", definition(energy())),
    ("charges[0].unit", "must be one of", definition(energy(price="1", unit="furlong"))),
    ("charges[0].prise", "not a field", definition(energy(price="1", prise="2"))),
    ("charges[0]", "must be an object", definition("energy")),
    ("charges", "at least one", definition()),
    ("charges", "is missing", changed(FLAT, ["charges"], ...)),
    ("to", "must be after", definition(energy(price="1"), to="2020-01-01")),
    ("from", "must be a day", changed(FLAT, ["from"], "2020-02-30")),
    ("currency", "three capital letters", changed(FLAT, ["currency"], "dollar")),
    ("commodity", "must be one of", changed(FLAT, ["commodity"], "steam")),
    ("zone", "not a time zone", changed(FLAT, ["zone"], "Atlantis/Capital")),
    ("format", "reads format 1", changed(FLAT, ["format"], 2)),
    ("code", "small letters", changed(FLAT, ["code"], "Big Code")),
    ("colour", "not a field", definition(energy(price="1"), colour="red")),
    # seasons and bands
    (
        "charges[0].prices",
        "10-31 at 00:00 (mon) has no price",
        changed(WINTER_DISCOUNT, ["seasons", "regular", 0, "last"], "10-30"),
    ),
    (
        "charges[0].prices",
        "03-31 at 00:00 (mon) has two prices: prices[0] and prices[1]",
        changed(WINTER_DISCOUNT, ["seasons", "regular", 0, "first"], "03-31"),
    ),
    (
        "charges[0].prices",
        "02-29 at 00:00 (mon) has no price",
        changed(
            changed(WINTER_DISCOUNT, ["seasons", "winter"], [{"first": "11-01", "last": "02-28"}]),
            ["seasons", "regular"],
            [{"first": "03-01", "last": "10-31"}],
        ),
    ),
    (
        "charges[0].prices",
        "01-01 at 21:30 (mon) has no price",
        changed(PEAK_HOUR, ["bands", "standard", 1, "to"], "21:30"),
    ),
    (
        "charges[0].prices",
        "01-01 at 22:00 (mon) has two prices",
        changed(PEAK_HOUR, ["bands", "standard", 1, "to"], "22:01"),
    ),
    (
        "charges[0].prices",
        "01-01 at 16:00 (sat) has no price",
        changed(PEAK_HOUR, ["bands", "peak", 0, "days"], "weekday"),
    ),
    (
        "charges[0].prices",
        "01-01 at 16:00 (holiday) has no price",
        changed(
            changed(PEAK_HOUR, ["holidays"], ["2026-12-25"]),
            ["bands", "peak", 0, "days"],
            ["weekday", "weekend"],
        ),
    ),
    ("bands.peak[0]", "must differ", changed(PEAK_HOUR, ["bands", "peak", 0, "to"], "16:00")),
    ("bands.peak[0].to", "time of day", changed(PEAK_HOUR, ["bands", "peak", 0, "to"], "25:00")),
    (
        "bands.peak[0].days",
        "must be one of",
        changed(PEAK_HOUR, ["bands", "peak", 0, "days"], "caturday"),
    ),
    ("bands.peak", "at least one row", changed(PEAK_HOUR, ["bands", "peak"], [])),
    (
        "seasons.winter[0].first",
        "month and day",
        changed(WINTER_DISCOUNT, ["seasons", "winter", 0, "first"], "11-31"),
    ),
    (
        "charges[0].prices[2].band",
        "not among the bands",
        changed(PEAK_HOUR, ["charges", 0, "prices", 2, "band"], "noon"),
    ),
    (
        "charges[0].prices[0].discount_percent",
        "more than 8 decimals",
        changed(
            WINTER_DISCOUNT,
            ["charges", 0, "prices", 0],
            {"season": "winter", "regular": "0.123457", "discount_percent": "33.333333"},
        ),
    ),
    (
        "charges[0].prices[0].price",
        "is derived",
        changed(WINTER_DISCOUNT, ["charges", 0, "prices", 0, "price"], "0.09"),
    ),
    (
        "charges[0].prices[0].discount_percent",
        "from 0 to 100",
        changed(WINTER_DISCOUNT, ["charges", 0, "prices", 0, "discount_percent"], "101"),
    ),
    # slabs and bands together
    (
        "charges[0].slabs_with_time",
        "is missing: slabs and bands meet",
        changed(
            PEAK_HOUR,
            ["charges", 0, "prices", 0],
            {"band": "off_peak", "slabs": slabs(("10", "1"), (None, "2"))},
        ),
    ),
    (
        "charges[0].prices[1].slabs",
        "bounds must be the same",
        definition(
            energy(
                prices=[
                    {"band": "off_peak", "slabs": slabs(("10", "1"), (None, "2"))},
                    {"band": "standard", "slabs": slabs(("11", "1"), (None, "2"))},
                    {"band": "peak", "slabs": slabs(("10", "1"), (None, "2"))},
                ],
                slabs_with_time="chronological",
            ),
            bands=PEAK_HOUR["bands"],
        ),
    ),
    (
        "charges[0].slabs_with_time",
        "no slabs",
        definition(energy(price="1", slabs_with_time="chronological")),
    ),
    (
        "charges[0].slabs_with_time",
        "total_only needs slabs",
        definition(energy(price="1", slabs_with_time="total_only")),
    ),
    # percentages
    ("charges[1].of[0]", "not a charge here", definition(fixed("1"), percent("levy", "sevice"))),
    (
        "charges",
        "computed from each other: a -> b -> a",
        definition(percent("a", "b"), percent("b", "a")),
    ),
    ("charges[1].code", "used twice", definition(fixed("1"), fixed("2"))),
    (
        "charges[1].percent",
        "must not be negative",
        definition(fixed("1"), percent("rebate", "service", percent="-5")),
    ),
    (
        "charges[1].percent",
        "must not exceed 100",
        definition(fixed("1"), percent("rebate", "service", percent="101", purpose="discount")),
    ),
    ("charges[1].of", "must name", definition(fixed("1"), percent("levy"))),
    # known to the format, not computed
    ("tax_inclusive", "not computed yet", definition(fixed("1"), tax_inclusive=True)),
]


@pytest.mark.parametrize(("path", "says", "written"), REFUSED)
def test_refuses_and_names_the_row(path, says, written):
    with pytest.raises(engine.TariffError) as refused:
        engine.parse(written)

    assert refused.value.path == path
    assert says in str(refused.value)


@pytest.mark.parametrize("written", [FLAT, WATER, WINTER_DISCOUNT, PEAK_HOUR, RESIDENTIAL_BASIC])
def test_the_tariffs_of_the_tests_are_accepted(written):
    assert engine.parse(written).digest == engine.digest(written)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is not JSON"),
        ("[]", "must be one object"),
        ('{"code": "a", "code": "b"}', "code: is given twice"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_refuses_a_file_that_is_no_object(text, says):
    with pytest.raises(engine.TariffError, match=says):
        engine.load(text)


def test_numbers_of_a_file_keep_every_digit():
    assert engine.load('{"price": 0.10}') == {"price": "0.10"}


def test_digest_does_not_depend_on_the_order_of_fields():
    turned = dict(reversed(FLAT.items()))

    assert engine.canonical(turned) == engine.canonical(FLAT)
    assert engine.digest(turned) == engine.digest(FLAT)
