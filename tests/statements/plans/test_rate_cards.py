"""Rate cards for everybody: they say what the engine charges, and what it will."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ConsumerCategory
from core import clock
from tariffs.models import Tariff
from tests.statements import factories as make
from tests.statements.factories import WATER
from tests.statements.plans.test_plan_page import PRESENT, rise
from tests.statements.plans.test_switching import SAVER
from tests.statements.pricing.homes import NOW, energy, offer, publish, tariff

pytestmark = pytest.mark.django_db
PAGE = reverse("statements:rate_cards")


@pytest.fixture
def book(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    make.make_world()
    rise(make.make_version(PRESENT), date(2026, 12, 1))
    make.make_plan_version(make.make_version(PRESENT))
    offer(WATER)


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_prices_in_force_and_those_to_come_are_told_to_strangers(client, book):
    page = words(client.get(PAGE))

    assert "Energy $0.10 per kWh Standing charge $10.00 per billing period" in page
    assert "From December 1, 2026 on:" in page
    assert "$2.105 per m³" in page
    assert "$2.105" not in words(client.get(PAGE, {"service": "electricity"}))
    assert "No prices are like this." in words(client.get(PAGE, {"service": "gas"}))


def test_a_category_sees_what_it_may_have(client, book):
    office = ConsumerCategory.objects.create(code="office", name="Office")
    ConsumerCategory.objects.create(code="home", name="Home")
    make.make_version(tariff("desk", energy("0.33")))
    publish(
        {
            **SAVER,
            "code": "DESK",
            "name": "For offices",
            "services": [{"commodity": "electricity", "tariff": "desk"}],
            "eligibility": {"categories": [office.code]},
        }
    )

    assert "$0.33" in words(client.get(PAGE, {"category": "office"}))
    assert "$0.33" not in words(client.get(PAGE, {"category": "home"}))
    assert "For offices (Office)" in words(client.get(PAGE))


def test_the_files_hold_the_version_that_is_asked_for(client, book):
    address = reverse("statements:rate_card", args=["present", "json"])
    now, later = client.get(address), client.get(address, {"version": "2"})

    assert now.json()["charges"][0]["price"] == "0.10"
    assert later.json()["charges"][0]["price"] == "0.12"
    assert "change_summary" not in now.json()
    assert now["Cache-Control"] == "public, max-age=300"
    assert client.get(reverse("statements:rate_card", args=["present", "pdf"])).content[:5] in (
        b"%PDF-",
    )
    for code, form, query in (("none", "json", {}), ("present", "exe", {})):
        missing = reverse("statements:rate_card", args=[code, form])
        assert client.get(missing, query).status_code == 404
    assert client.get(address, {"version": "9"}).status_code == 404
    Tariff.objects.filter(code="present").update(is_active=False)
    assert client.get(address).status_code == 404


def test_more_tariffs_need_no_more_queries(client, book):
    client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    for number in range(3):
        offer(tariff(f"more-{number}", energy("0.11")))
    client.get(PAGE)
    with CaptureQueriesContext(connection) as many:
        client.get(PAGE)

    assert len(many) == len(few)
