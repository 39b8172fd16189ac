"""Bases, percentages, minimums, credits, taxes and totals that make no sense name their row."""

from __future__ import annotations

import pytest

from tariffs import engine
from tests.tariffs.definitions import definition, energy, fixed


def percent(code="levy", **fields):
    return {
        "code": code, "kind": "percent", "purpose": "surcharge", "of": ["service"], **fields
    }  # fmt: skip


def least(**fields):
    return {"code": "least", "kind": "minimum", "price": "10", "of": ["service"], **fields}


def sun(**fields):
    return {"code": "sun", "kind": "credit", "unit": "kWh", "price": "0.05", **fields}


def lots(**fields):
    return sun(**{"settle": "lots", "applies_to": ["service"], **fields})


def vat(**fields):
    return {"code": "vat", "kind": "percent", "percent": "20", **fields}


def tiered(**fields):
    return {"code": "vat", "kind": "tiered", "bands": [{"percent": "5"}], **fields}


def having(*charges, **fields):
    return definition(fixed("1"), *charges, **fields)


def when(*terms):
    return definition(fixed("1", when=list(terms)))


def bands(*rows):
    return percent(bands=[dict(zip(("up_to", "percent"), row, strict=True)) for row in rows])


OPEN = {"percent": "5"}

BASES = [
    ("bases.service", "is a charge", having(bases={"service": ["service"]})),
    ("bases.all[1]", "neither a charge nor a base", having(bases={"all": ["service", "sevice"]})),
    ("bases", "form a circle", having(bases={"all": ["all"]})),
    ("bases", "form a circle", having(bases={"all": ["rest", "service"], "rest": ["all"]})),
    ("bases.all", "at least one charge", having(bases={"all": []})),
    ("bases.all", "must be a list", having(bases={"all": "service"})),
    ("bases.All of it", "small letters", having(bases={"All of it": ["service"]})),
    ("bases", "must be an object", having(bases=["service"])),
    ("charges[1].of[1]", "not a charge here", having(percent(percent="5", of=["service", "all"]))),
    ("charges[1].of[0]", "not a charge here", having(least(of=["all"]))),
    ("charges[1].applies_to[0]", "not a charge here", having(lots(applies_to=["all"]))),
]

CIRCLES = [
    ("charges[1].of[0]", "computed from itself", having(percent(percent="5", of=["levy"]))),
    ("charges[1].of[1]", "computed from itself", having(least(of=["service", "least"]))),
    (
        "charges[1].applies_to[0]",
        "computed from itself",
        having(lots(applies_to=["sun"])),
    ),
    (
        "charges[1].applies_to[1]",
        "computed from itself",
        having(lots(applies_to=["service", "all"]), bases={"all": ["service", "sun"]}),
    ),
    (
        "charges[1].of[0]",
        "computed from itself",
        having(least(of=["outer"]), bases={"inner": ["least"], "outer": ["inner"]}),
    ),
    (
        "charges",
        "computed from each other",
        having(least(of=["levy"]), percent(percent="5", of=["all"]), bases={"all": ["least"]}),
    ),
    (
        "charges",
        "computed from each other",
        having(lots(applies_to=["least"]), least(of=["sun"])),
    ),
]

PERCENTAGES = [
    ("charges[1].percent", "is missing", having(percent())),
    ("charges[1].percent", "either percent or bands", having(percent(percent="5", bands=[OPEN]))),
    ("charges[1].bands", "at least one row", having(percent(bands=[]))),
    ("charges[1].bands", "must be a list", having(percent(bands=OPEN))),
    (
        "charges[1].bands[1].up_to",
        "last band must be open",
        having(bands(("50", "1"), ("60", "2"))),
    ),
    ("charges[1].bands[0].up_to", "only the last", having(percent(bands=[OPEN, OPEN]))),
    (
        "charges[1].bands[1].up_to",
        "above the band before",
        having(percent(bands=[{"up_to": "50", **OPEN}, {"up_to": "50.00", **OPEN}, OPEN])),
    ),
    (
        "charges[1].bands[0].up_to",
        "above the band before",
        having(percent(bands=[{"up_to": "0", **OPEN}, OPEN])),
    ),
    (
        "charges[1].bands[0].up_to",
        "must not be negative",
        having(percent(bands=[{"up_to": "-5", **OPEN}, OPEN])),
    ),
    (
        "charges[1].bands[0].up_to",
        "more than 2 decimals",
        having(percent(bands=[{"up_to": "5.005", **OPEN}, OPEN])),
    ),
    (
        "charges[1].bands[0].percent",
        "must not be negative",
        having(percent(bands=[{"percent": "-1"}])),
    ),
    ("charges[1].bands[0].percent", "is missing", having(percent(bands=[{}]))),
    (
        "charges[1].bands[0].rate",
        "not a field",
        having(percent(bands=[{"percent": "1", "rate": "1"}])),
    ),
    (
        "charges[1].bands[0].percent",
        "must not exceed 100",
        having(percent(bands=[{"percent": "100.000001"}], purpose="discount")),
    ),
]

MINIMUMS = [
    ("charges[1].price", "must not be negative", having(least(price="-1"))),
    ("charges[1].of", "must name", having(least(of=[]))),
    ("charges[1].basis", "must be one of", having(least(basis="week"))),
    ("charges[1].year_ends", "written as 11-01", having(least(basis="year", year_ends="02-30"))),
    ("charges[1].year_ends", "written as 11-01", having(least(basis="year", year_ends="31 Dec"))),
    ("charges[1].year_ends", "must be a text", having(least(basis="year", year_ends=1231))),
    ("charges[1].year_ends", "only a minimum per year", having(least(year_ends="12-31"))),
    ("charges[1].proration", "follows the days", having(least(basis="day", proration="whole"))),
    ("charges[1].proration", "must be one of", having(least(proration="sometimes"))),
    ("charges[1].percent", "not a field", having(least(percent="5"))),
]

CREDITS = [
    ("charges[1].price", "must not be negative", having(sun(price="-0.05"))),
    ("charges[1].settle", "must be one of", having(sun(settle="cash"))),
    ("charges[1].applies_to", "settled in lots", having(sun(applies_to=["service"]))),
    ("charges[1].expires_after_months", "settled in lots", having(sun(expires_after_months=12))),
    ("charges[1].applies_to", "must name", having(lots(applies_to=[]))),
    ("charges[1].applies_to", "must name", having(sun(settle="lots"))),
    (
        "charges[1].expires_after_months",
        "must be from 1 to 1200",
        having(lots(expires_after_months=0)),
    ),
    (
        "charges[1].expires_after_months",
        "more than 0 decimals",
        having(lots(expires_after_months="1.5")),
    ),
    (
        "charges[1].expires_after_months",
        "must be a number",
        having(lots(expires_after_months=True)),
    ),
    ("charges[1].unit", "must be one of", having(sun(unit="furlong"))),
]

TAXES = [
    ("taxes", "must be a list", having(taxes=vat())),
    ("taxes[0]", "must be an object", having(taxes=["vat"])),
    ("taxes[0].code", "is a charge", having(taxes=[vat(code="service")])),
    ("taxes[1].code", "used twice", having(taxes=[vat(), vat()])),
    ("taxes[0].code", "must be a text", having(taxes=[vat(code="")])),
    ("taxes[0].kind", "is missing", having(taxes=[{"code": "vat", "percent": "20"}])),
    ("taxes[0].kind", "must be one of", having(taxes=[vat(kind="vat")])),
    ("taxes[0].percent", "must not be negative", having(taxes=[vat(percent="-5")])),
    ("taxes[0].percent", "is missing", having(taxes=[{"code": "vat", "kind": "percent"}])),
    ("taxes[0].bands", "of kind tiered", having(taxes=[vat(bands=[OPEN])])),
    ("taxes[0].percent", "of kind percent", having(taxes=[tiered(percent="5")])),
    (
        "taxes[0].bands[0].up_to",
        "must be open",
        having(taxes=[tiered(bands=[{"up_to": "1", **OPEN}])]),
    ),
    (
        "taxes[0].bands[0].percent",
        "not be negative",
        having(taxes=[tiered(bands=[{"percent": "-1"}])]),
    ),
    ("taxes[0].amount", "is missing", having(taxes=[{"code": "levy", "kind": "flat"}])),
    (
        "taxes[0].amount",
        "not be negative",
        having(taxes=[{"code": "l", "kind": "flat", "amount": "-1"}]),
    ),
    ("taxes[0].reason", "is missing", having(taxes=[{"code": "vat", "kind": "exempt"}])),
    (
        "taxes[0].reason",
        "must be a text",
        having(taxes=[{"code": "v", "kind": "exempt", "reason": " "}]),
    ),
    ("taxes[0].on_taxes[0]", "not a tax above", having(taxes=[vat(on_taxes=["duty"])])),
    ("taxes[0].on_taxes[0]", "not a tax above", having(taxes=[vat(on_taxes=["vat"])])),
    (
        "taxes[0].on_taxes[0]",
        "not a tax above",
        having(taxes=[vat(on_taxes=["duty"]), vat(code="duty")]),
    ),
    ("taxes[0].on_taxes[0]", "not a tax above", having(taxes=[vat(on_taxes=["service"])])),
    ("taxes[0].above", "must not be negative", having(taxes=[vat(above="-1")])),
    ("taxes[0].above", "more than 2 decimals", having(taxes=[vat(above="1.005")])),
    ("taxes[0].of", "not a field", having(taxes=[vat(of=["service"])])),
    ("taxes[0].when[0].not", "must be a text", having(taxes=[vat(when=[{"not": 1}])])),
]

TOTALS = [
    ("total", "must be an object", having(total="once")),
    ("total.round", "must be one of", having(total={"round": "twice"})),
    ("total.to", "more than 2 decimals", having(total={"to": "0.005"})),
    ("total.to", "more than 0 decimals", having(total={"to": "0.05"}, currency="JPY")),
    ("total.to", "greater than 0", having(total={"to": "0"})),
    ("total.to", "must not be negative", having(total={"to": "-0.05"})),
    ("total.rounding", "must be one of", having(total={"rounding": "half_down"})),
    ("total.step", "not a field", having(total={"step": "0.05"})),
]

USE = {"use_of": "import", "unit": "kWh"}

CONDITIONS = [
    ("charges[0].when[0]", "must be a text", when(1)),
    ("charges[0].when[0]", "name of a condition, or have", when({})),
    ("charges[0].when[0].all", "not a field", when({"not": "a", "all": "b"})),
    ("charges[0].when[0].any", "at least one", when({"any": []})),
    ("charges[0].when[0].any[1]", "must be a text", when({"any": ["a", ""]})),
    ("charges[0].when[1].not", "must be a text", when("a", {"not": ["b"]})),
    ("charges[0].when[0].above", "is missing", when(USE)),
    ("charges[0].when[0].unit", "is missing", when({"use_of": "import", "above": "1"})),
    ("charges[0].when[0].unit", "must be one of", when({**USE, "unit": "furlong", "above": "1"})),
    ("charges[0].when[0].up_to", "greater than above", when({**USE, "above": "5", "up_to": "5"})),
    ("charges[0].when[0].above", "must not be negative", when({**USE, "above": "-1"})),
    ("charges[0].when[0].above", "finer than the unit", when({**USE, "above": "0.0001"})),
    (
        "charges[0].when[0].last_periods",
        "must not be negative",
        when({**USE, "above": "1", "last_periods": -1}),
    ),
    (
        "charges[0].when[0].last_periods",
        "more than 0 decimals",
        when({**USE, "above": "1", "last_periods": "1.5"}),
    ),
    ("charges[0].when[0].use_of", "small letters", when({**USE, "use_of": "All of it"})),
]


@pytest.mark.parametrize(
    ("path", "says", "written"),
    [*BASES, *CIRCLES, *PERCENTAGES, *MINIMUMS, *CREDITS, *TAXES, *TOTALS, *CONDITIONS],
)
def test_refuses_and_names_the_row(path, says, written):
    with pytest.raises(engine.TariffError) as refused:
        engine.parse(written)

    assert refused.value.path == path
    assert says in str(refused.value)


def test_the_plain_form_of_each_is_accepted():
    written = having(
        energy(price="0.1"),
        percent(bands=[{"up_to": "50", **OPEN}, OPEN]),
        least(basis="year", year_ends="02-29"),
        lots(expires_after_months=12),
        bases={"more": ["all", "sun"], "all": ["service", "energy"]},
        taxes=[tiered(), {"code": "city", **{**vat(), "code": "city"}, "on_taxes": ["vat"]}],
        total={"round": "once", "to": "0.05", "rounding": "down"},
    )

    read = engine.parse(written)

    assert [charge.kind for charge in read.charges] == [
        "fixed", "energy", "surcharge", "minimum", "credit",
    ]  # fmt: skip
    assert [tax.code for tax in read.taxes] == ["vat", "city"]
