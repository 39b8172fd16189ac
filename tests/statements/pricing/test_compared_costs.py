"""Two versions compared by what sample uses cost: in the month and with the taxes that differ."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from core import clock
from statements.pricing.detail.comparing import compare
from tariffs import operations
from tests.statements import factories as make
from tests.statements.factories import FLAT, ZONE
from tests.statements.pricing.homes import energy, publish
from tests.statements.pricing.homes import tariff as stated
from tests.statements.pricing.test_price_detail import words
from tests.statements.pricing.test_price_lists import plan, tariff

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
SEASONS = {
    "summer": [{"first": "04-01", "last": "09-30"}],
    "winter": [{"first": "10-01", "last": "03-31"}],
}


@pytest.fixture(autouse=True)
def _world(monkeypatch):
    make.make_world()
    monkeypatch.setattr(clock, "now", lambda: NOW)


def seasonal(winter, **fields):
    rows = [{"season": "summer", "price": "0.10"}, {"season": "winter", "price": winter}]
    charge = {"code": "energy", "name": "Energy", "kind": "energy", "unit": "kWh", "prices": rows}
    return stated("home", charge, rate_type="seasonal", seasons=SEASONS, **fields)


def later(definition):
    return operations.import_tariff(definition, author=None)


def by_slabs(slabs):
    return {"code": "energy", "name": "Energy", "kind": "energy", "unit": "kWh", "slabs": slabs}


def bills(found):
    return [(each.use, each.old_minor, each.new_minor, each.percent) for each in found.samples]


def page(client, name, code):
    client.force_login(make.make_staff("billing_manager"))
    return client.get(reverse(name, args=(code,)), {"a": "1", "b": "2"})


def test_prices_of_another_season_are_shown_in_that_season(client):
    old = make.make_version(seasonal("0.20"))
    new = later(seasonal("0.25", **{"from": "2026-05-01"}))

    found = compare(old, new, ZONE).costs
    said = words(page(client, "statements:price_tariff_compare", "home"))

    assert (found.begins, found.month) == (date(2026, 5, 1), date(2026, 10, 1))
    assert bills(found)[0] == ("100 kWh", 2000, 2500, "+25.0 %")
    assert found.chart.finding == "500 kWh cost $100.00 by v1 and $125.00 by v2."
    assert (
        "In May 2026 both versions cost the same. October 2026 is the next month in which they do "
        "not, so it is shown here." in said
    )
    assert "What sample uses cost in October 2026 Use" in said


def test_the_tax_of_a_plan_is_part_of_its_sample_bills(client):
    """100 kWh x 0.10 = 10.00, with 4.5 % 10.45 and with 5 % 10.50."""
    make.make_version(stated("home", energy("0.10")))
    services = [{"commodity": "electricity", "tariff": "home"}]
    told = {"code": "SAVER", "name": "Saver", "currency": "USD", "from": "2025-01-01",
            "services": services, "change_summary": "Tax"}  # fmt: skip
    old = publish({**told, "tax": {"kind": "percent", "percent": "4.5"}})
    new = publish({**told, "from": "2026-01-01", "tax": {"kind": "percent", "percent": "5"}})

    found = compare(old, new, ZONE).costs
    said = words(page(client, "statements:price_plan_compare", "SAVER"))

    assert bills(found)[0] == ("100 kWh", 1045, 1050, "+0.5 %")
    assert "What sample uses cost in January 2026 , taxes included" in said
    assert "both versions cost the same" not in said


def test_bills_that_never_differ_are_told_in_a_sentence(client):
    tariff("home", "Home")
    plan("SAVER", "Saver", "home")
    plan("SAVER", "Saver", "home", description="More words", **{"from": "2027-01-01"})

    said = words(page(client, "statements:price_plan_compare", "SAVER"))

    assert "In no month of the year does a sample use cost more or less" in said
    assert "What sample uses cost" not in said
    assert "+0.0 %" not in said


def test_a_slab_beyond_the_samples_is_sampled_too():
    slabs = [{"up_to": 1000, "price": "0.10"}, {"price": "0.20"}]
    dearer = [slabs[0], {"price": "0.30"}]
    old = make.make_version(stated("home", by_slabs(slabs)))
    new = later(stated("home", by_slabs(dearer), **{"from": "2026-01-01"}))

    found = compare(old, new, ZONE).costs

    assert bills(found)[2:] == [
        ("500 kWh", 5000, 5000, "–"),
        ("1,200 kWh", 14000, 16000, "+14.3 %"),
    ]


def test_worked_examples_are_read_as_sentences(client):
    example = {"name": "100 units", "first": "2025-04-01", "last": "2025-04-30",
               "use": {"import": "100"}, "total": "12.35"}  # fmt: skip
    without = {**FLAT, "charges": FLAT["charges"][:1]}
    make.make_version({**without, "examples": [example]})
    later({**without, "from": "2026-01-01"})

    said = words(page(client, "statements:price_tariff_compare", "home-flat"))

    assert "100 units (Apr 1 – 30, 2025): use 100 → 12.35" in said
    assert "Worked example 1, import" not in said
