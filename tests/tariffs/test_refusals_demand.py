"""A price for demand that cannot be computed is refused with the path of its row."""

from __future__ import annotations

import pytest

from tariffs import engine
from tests.tariffs.definitions import definition, slabs
from tests.tariffs.demand import demand

BANDS = {"day": [{"from": "06:00", "to": "22:00"}], "night": [{"from": "22:00", "to": "06:00"}]}
BY_BAND = [{"band": "day", "price": "12"}, {"band": "night", "price": "4"}]
EIGHTY = {"percent": "80", "months": 11}

REFUSED = [
    # where, what it says, fields
    ("unit", "must be one of kW, kVA", {"unit": "kWh"}),
    ("unit", "must be one of kW, kVA", {"unit": "W"}),
    ("minutes", "7 does not divide an hour", {"minutes": 7}),
    ("minutes", "whole number from 1 to 60", {"minutes": 0}),
    ("minutes", "whole number from 1 to 60", {"minutes": 120}),
    ("minutes", "whole number from 1 to 60", {"minutes": "7.5"}),
    ("minutes", "in quotes", {"minutes": "quarter"}),
    ("minutes", "in quotes", {"minutes": True}),
    ("rolling", "true or false", {"rolling": "yes"}),
    ("rolling", "true or false", {"rolling": 1}),
    ("source", "must be small letters", {"source": "Big Meter"}),
    ("source", "must not be empty", {"source": ""}),
    ("source", "name a channel of VAh", {"unit": "kVA"}),
    ("with_reactive", "only a demand in kVA", {"with_reactive": "reactive"}),
    ("with_reactive", "is the source itself", {"unit": "kVA", "with_reactive": "import"}),
    ("peak", "must be greatest, daily or", {"peak": "weekly"}),
    ("peak", "must be an object", {"peak": 3}),
    ("peak.mean_of", "whole number from 1 to 31", {"peak": {"mean_of": 0}}),
    ("peak.mean_of", "is missing", {"peak": {}}),
    ("peak.of", "not a field", {"peak": {"mean_of": 3, "of": 1}}),
    ("ratchet", "does not go with", {"peak": "daily", "ratchet": EIGHTY}),
    ("floor", "does not go with", {"peak": "daily", "floor": "1"}),
    ("basis", "does not go with", {"peak": "daily", "basis": "day"}),
    ("proration", "does not go with", {"peak": "daily", "proration": "whole"}),
    ("ratchet", "must be an object", {"ratchet": "80"}),
    ("ratchet", "with time bands has no ratchet", {"prices": BY_BAND, "ratchet": EIGHTY}),
    ("ratchet.percent", "is missing", {"ratchet": {"months": 11}}),
    ("ratchet.percent", "above 0 and at most 100", {"ratchet": {**EIGHTY, "percent": "0"}}),
    ("ratchet.percent", "above 0 and at most 100", {"ratchet": {**EIGHTY, "percent": "100.1"}}),
    ("ratchet.percent", "more than 8 decimals", {"ratchet": {**EIGHTY, "percent": "1.123456789"}}),
    ("ratchet.months", "is missing", {"ratchet": {"percent": "80"}}),
    ("ratchet.months", "whole number from 1", {"ratchet": {**EIGHTY, "months": 0}}),
    ("ratchet.months", "whole number from 1", {"ratchet": {**EIGHTY, "months": "1.5"}}),
    ("ratchet.season", "not among the seasons", {"ratchet": {**EIGHTY, "season": "monsoon"}}),
    ("ratchet.rule", "must be one of greatest, mean", {"ratchet": {**EIGHTY, "rule": "median"}}),
    ("ratchet.floor", "not a field", {"ratchet": {**EIGHTY, "floor": "10"}}),
    ("floor", "must not be negative", {"floor": "-1"}),
    ("floor", "finer than the unit", {"floor": "0.0001"}),
    ("round_quantity.to", "must be above 0", {"round_quantity": {"to": "0"}}),
    ("round_quantity.to", "is missing", {"round_quantity": {"rounding": "up"}}),
    ("round_quantity.rounding", "must be one of", {"round_quantity": {"to": 1, "rounding": "on"}}),
    ("round_quantity.by", "not a field", {"round_quantity": {"to": "1", "by": "2"}}),
    ("basis", "must be one of period, day", {"basis": "month"}),
    ("proration", "only a price per period", {"basis": "day", "proration": "days"}),
    ("proration", "must be one of days, whole", {"proration": "half"}),
    ("slab_rule", "marginal or whole_quantity", {"slab_rule": "whole_table"}),
    ("slab_rule", "has no slabs", {"slab_rule": "whole_quantity"}),
    ("slab_rule", "must be one of", {"slab_rule": "top"}),
    ("slabs[1].up_to", "last slab must be open", {"slabs": slabs(("5", "1"), ("9", "2"))}),
    ("slabs[0].price", "must not be negative", {"slabs": slabs(("5", "-1"), (None, "2"))}),
    ("slab_width", "not a field", {"slab_width": "prorate"}),
    ("price", "must not be negative", {"price": "-1"}),
    ("prices", "01-01 at 00:00 (mon) has no price", {"prices": BY_BAND[:1]}),
    ("prices", "has two prices", {"prices": [*BY_BAND, {"price": "1"}]}),
    ("prices[0].band", "not among the bands", {"prices": [{"band": "dusk", "price": "1"}]}),
    ("elsewhere", "refused or free", {"elsewhere": "cheap"}),
    ("steps", "not a field", {"steps": []}),
]


@pytest.mark.parametrize(("where", "says", "fields"), REFUSED)
def test_refused(where, says, fields):
    with pytest.raises(engine.TariffError) as refused:
        engine.parse(definition(demand(**fields), bands=BANDS))

    assert refused.value.path == f"charges[0].{where}"
    assert says in refused.value.message


ACCEPTED = [
    {},
    {"minutes": "30", "rolling": True},
    {"minutes": 60, "peak": "greatest"},
    {"peak": {"mean_of": "3"}},
    {"prices": BY_BAND, "floor": "5", "slab_rule": ...},
    {"unit": "kVA", "source": "apparent"},
    {"unit": "kVA", "with_reactive": "reactive", "ratchet": EIGHTY},
    {"prices": BY_BAND[:1], "elsewhere": "free"},
    {"basis": "day", "round_quantity": {"to": "0.5"}},
]


@pytest.mark.parametrize("fields", ACCEPTED)
def test_accepted(fields):
    given = {name: value for name, value in fields.items() if value is not ...}

    tariff = engine.parse(definition(demand(**given), bands=BANDS))

    assert tariff.charges[0].kind == "demand"
