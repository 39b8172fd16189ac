"""The page of one plan: each fact once, hours as price lists tell them, and acts by one name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from core import clock
from tests.statements import factories as make
from tests.statements.pricing.test_price_detail import words
from tests.statements.pricing.test_price_lists import plan, tariff

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
CHARGES = [
    {
        "code": "evening",
        "name": "Evening fee",
        "commodity": "electricity",
        "kind": "variable",
        "unit": "kWh",
        "price": "0.05",
        "hours": [{"days": "all", "from": "16:00", "to": "20:00"}],
    }
]


@pytest.fixture
def page(client, monkeypatch):
    make.make_world()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    tariff("home", "Home")
    plan("SAVER", "Saver", "home", charges=CHARGES)
    client.force_login(make.make_staff("billing_manager"))
    return client.get(reverse("statements:price_plan", args=("SAVER",)))


def test_a_fact_of_a_plan_stands_on_its_page_once(page):
    said = words(page)

    assert said.count("Short name") == 1
    assert said.count("Ongoing, from January 1, 2025") == 2  # at the head, and in the versions
    assert "Plan name" not in said and "Validity" not in said and "Description" not in said


def test_hours_of_a_charge_are_told_as_those_of_tariffs(page):
    said = words(page)

    assert "Evening fee Electricity Variable $0.05 per kWh, every day 16:00–20:00" in said
    assert "Every day" not in said.split("Service charges")[1].split("sample bill")[0]


def test_a_line_of_the_sample_bill_says_below_its_name_how_it_is_worked(page):
    bill = words(page).split("Lines of the sample bill")[1].split("Versions")[0]

    assert bill.strip().startswith("Charge Amount Energy 300 kWh × $0.12345 $37.04")
    assert "–" not in bill and "How" not in bill and "Home" not in bill


def test_moving_customers_has_one_name(page, client):
    there = client.get(reverse("statements:plan_assign", args=("SAVER",)))

    assert "Move customers to this plan" in words(page)
    assert "Move customers to Saver" in words(there)
