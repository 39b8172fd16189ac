"""The page of one tariff: the calculator is the engine, and every tab is there for who reads."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent
from core import clock, formats
from statements.models import StatementLine
from statements.presentation import labels
from statements.pricing.detail import rates, tips
from tariffs import engine
from tests.statements import factories as make
from tests.statements.factories import FLAT, OCTOBER, SLABS, TIME, WATER
from tests.statements.pricing.test_price_lists import manager, plan, tariff

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
SEASONAL = {
    **FLAT,
    "code": "home-season",
    "name": "Home seasons",
    "rate_type": "seasonal",
    "seasons": TIME["seasons"],
    "charges": [
        {
            "code": "energy",
            "name": "Energy",
            "kind": "energy",
            "unit": "kWh",
            "prices": [
                {"season": "summer", "price": "0.31"},
                {"season": "winter", "price": "0.19"},
            ],
        },
    ],
}
FIXED = {
    **FLAT,
    "code": "home-fixed",
    "name": "Home fixed",
    "rate_type": "fixed",
    "charges": [FLAT["charges"][1]],
}
OF_TABS = {
    "rates": "Cost by use",
    "calculator": "Use in the month",
    "used": "Saver",
    "versions": "What happened",
    "benefits": "Tips",
    "history": "tariff.published",
}


@pytest.fixture(autouse=True)
def _world(monkeypatch):
    make.make_world()
    monkeypatch.setattr(clock, "now", lambda: NOW)


def words(answer):
    """Return what a page says, without its tags."""
    told = re.sub(r"<[^>]+>", " ", answer.content.decode().split("<body", 1)[-1])
    return " ".join(html.unescape(told).split())


def page(client, code="home-flat", **said):
    return client.get(reverse("statements:price_tariff", args=(code,)), said)


@pytest.mark.parametrize("definition", [FLAT, SLABS, TIME, SEASONAL, FIXED, WATER])
def test_the_calculator_works_a_bill_as_a_run_does(client, definition):
    """A home that uses as much in every hour is billed what the calculator says, line by line."""
    service = make.make_home(definition)
    make.read_steadily(service.channel, OCTOBER, 500)
    bill = make.bill(service)
    lines = list(StatementLine.objects.filter(statement=bill).order_by("seq"))
    asked = {"tab": "calculator", "units": f"{OCTOBER.seconds / 3600 * 0.5:g}", "on": "2026-10-05"}

    answer = page(manager(client), definition["code"], **asked)

    found = answer.context["bill"]
    steps = [*found.charges, *found.taxes]
    assert [(step.name, step.amount_minor) for step in steps] == [
        (labels.name(line), line.amount_minor) for line in lines
    ]
    assert found.total_minor == bill.total_minor
    assert formats.money(bill.total_minor, "USD") in words(answer)


def test_shares_of_the_hours_the_version_and_what_is_wrong(client):
    tariff("other", "Another", rate_type="seasonal")
    make.make_home(TIME)
    client = manager(client, "billing_specialist")
    asked = {"tab": "calculator", "units": "100", "on": "2026-01-10"}

    peak = page(client, "home-time", **asked, **{"share-0": "25", "share-1": "75"})
    wrong = page(client, "home-time", **asked, **{"share-0": "60", "share-1": "75"})
    early = page(client, "home-time", **{**asked, "on": "2020-01-10"})
    empty = page(client, "home-time", tab="calculator", units="", on="")

    amounts = {step.name + step.sum: step.amount_minor for step in peak.context["bill"].charges}
    assert sorted(amounts.values()) == [675, 700, 930]  # 75 x 0.09, 25 x 0.28, standing
    assert "25 kWh × $0.28 per kWh" in words(peak)
    assert (wrong.status_code, early.status_code, empty.status_code) == (422, 422, 422)
    assert "The shares come to more than 100 percent." in words(wrong)
    assert "No version is in force on this day" in words(early)


def test_the_ends_of_the_calendar_and_letters_of_no_database_are_answered(client):
    make.make_home(FLAT)
    manager(client)

    far = [
        page(client, tab="calculator", units="1", on=day) for day in ("9999-12-31", "0001-01-01")
    ]
    odd = [
        client.get("/manage/categories/", {"of": "\0"}),
        client.get("/manage/prices/discounts/new/", {"from": "\0"}),
        client.get("/manage/prices/files/save/", {"form": "json", "code": "\0"}),
    ]

    assert [answer.status_code for answer in far] == [422, 422]
    assert [answer.status_code for answer in odd] == [404, 404, 200]


def test_every_tab_is_read_by_a_specialist_who_is_offered_no_change(client):
    tariff("home", "Home", benefits={"en": "Simple for everybody"})
    plan("SAVER", "Saver", "home")
    client.force_login(make.make_staff("billing_specialist"))

    for tab, said in OF_TABS.items():
        answer = page(client, "home", tab=tab)
        assert (answer.status_code, tab, said in words(answer)) == (200, tab, True)
        assert answer.context["links"] == []
    assert "Simple for everybody" in words(page(client, "home", tab="benefits"))
    part = client.get(
        reverse("statements:price_tariff", args=("home",)), headers={"hx-request": "true"}
    )
    assert b"<html" not in part.content


def test_tips_follow_from_the_prices(client):
    make.make_home(TIME)
    make.make_home(SLABS)
    client = manager(client)

    hours = words(page(client, "home-time", tab="benefits"))
    blocks = words(page(client, "home-slab", tab="benefits"))

    assert "Cheapest hours in winter: Oct 15 – Mar 31: off-peak" in hours
    assert "over 500 kWh costs $0.12 per kWh instead of $0.08" in blocks


def test_the_file_comes_in_again_and_is_audited(client):
    version = tariff("home", "Home")

    answer = page(manager(client), "home", file="json")

    assert json.loads(answer.content) == version.definition
    assert AuditEvent.objects.filter(action="tariff.export").count() == 1


def test_strangers_and_other_codes_find_nothing(client):
    tariff("home", "Home")

    assert page(manager(client), "nothing").status_code == 404
    client.force_login(make.make_staff("cashier"))
    assert page(client, "home").status_code == 404


def test_more_versions_and_plans_ask_no_more_of_the_database(client):
    tariff("home", "Home")
    plan("P1", "Plan 1", "home")
    client = manager(client)

    few = {tab: queries(client, tab) for tab in OF_TABS}
    for n in (2, 3):
        tariff("home", "Home", **{"from": f"202{n + 5}-01-01"}, description=f"No. {n}")
        plan(f"P{n}", f"Plan {n}", "home")

    assert {tab: queries(client, tab) for tab in OF_TABS} == few
    assert max(few.values()) < 25


def queries(client, tab):
    page(client, "home", tab=tab)
    with CaptureQueriesContext(connection) as asked:
        page(client, "home", tab=tab)
    return len(asked)


def test_blocks_say_of_what_their_bounds_are():
    """A bound for each day may be finer than a base unit."""
    energy = {
        **SLABS["charges"][0],
        "slab_width": "per_day",
        "slabs": [{"up_to": "22.1918", "price": "0.05"}, {"price": "0.08"}],
    }
    parsed = engine.parse({**SLABS, "charges": [energy]})

    assert [(rate.use, rate.price) for rate in rates.rates(parsed)] == [
        ("first 22.1918 kWh a day", "$0.05 per kWh"),
        ("over 22.1918 kWh a day", "$0.08 per kWh"),
    ]
    assert tips.tips(parsed) == []
