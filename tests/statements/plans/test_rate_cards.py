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
from statements import documents
from tariffs.models import Tariff, TaxRule
from tests.statements import factories as make
from tests.statements.factories import WATER
from tests.statements.plans.test_plan_page import PRESENT, rise
from tests.statements.plans.test_switching import SAVER
from tests.statements.pricing.homes import NOW, TODAY, energy, offer, publish, tariff

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
    return told_in(response.content.decode())


def told_in(html):
    text = " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"</?bdi[^>]*>", "", html)).split())
    return re.sub(r" ([,.:])", r"\1", text)


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


GREEN = {
    **SAVER,
    "code": "GREEN",
    "name": "Green home",
    "services": [{"commodity": "electricity", "tariff": "present"}],
    "charges": [
        {"code": "paper", "name": "Paper bill", "kind": "fixed", "price": "1.25"},
        {"code": "fund", "name": "Green fund", "kind": "variable", "commodity": "electricity",
         "percent": "3", "of": ["@energy"]},
    ],
}  # fmt: skip
VAT = {"kind": "percent", "name": "Green tax", "percent": "7.5"}


def printed(client, monkeypatch):
    """Return the words of the document that is printed for a tariff."""
    asked = []
    monkeypatch.setattr(documents, "to_pdf", lambda html: asked.append(html) or b"%PDF-")
    client.get(reverse("statements:rate_card", args=["present", "pdf"]))
    return told_in(asked[0])


def test_a_plan_stands_with_its_own_charges_and_its_own_tax(client, book, monkeypatch):
    publish({**GREEN, "tax": VAT})

    for said in (words(client.get(PAGE)), printed(client, monkeypatch)):
        assert "Taxes on top Sales tax: 5.25%" in said
        assert "Green home" in said
        assert "Paper bill: $1.25 per billing period" in said
        assert "Green fund, " in said and ": 3%" in said
        assert "Green tax: 7.5% (in place of the taxes above)" in said


def test_charges_on_one_service_do_not_stand_with_the_prices_of_another(client, book):
    both = [*GREEN["services"], {"commodity": "water", "tariff": "home-water"}]
    publish({**GREEN, "services": both})

    electricity, water = (
        words(client.get(PAGE, {"service": service})) for service in ("electricity", "water")
    )

    assert "Paper bill: $1.25" in electricity and "Paper bill: $1.25" in water
    assert "Green fund" in electricity
    assert "Green fund" not in water


def test_a_plan_without_a_tax_bears_those_of_the_utility(client, book):
    publish(GREEN)

    said = words(client.get(PAGE))

    assert "Sales tax: 5.25%" in said and "in place of" not in said


@pytest.mark.parametrize(
    ("tax", "told"),
    [
        ({"kind": "flat", "name": "Levy", "amount": "1.50"}, "Levy: $1.50 per bill"),
        ({"kind": "exempt", "name": "VAT", "reason": "Rebuilding"}, "VAT: Rebuilding"),
        (
            {
                "kind": "tiered",
                "name": "City tax",
                "bands": [{"up_to": "5.00", "percent": "0"}, {"percent": "2"}],
            },
            "City tax: 0% of what is up to $5.00; 2% of the rest",
        ),
    ],
)
def test_every_kind_of_tax_is_told(client, book, tax, told):
    publish({**GREEN, "tax": tax})

    assert told in words(client.get(PAGE))


def test_a_tax_stands_where_it_is_taken(client, book):
    TaxRule.objects.all().delete()
    for fields in (
        {"code": "water", "name": "Water levy", "rate": "3", "commodity": "water"},
        {"code": "fuel", "name": "Fuel tax", "rate": "4", "tax_class": "fuel"},
        {"code": "over", "name": "Old tax", "rate": "6", "ends_on": TODAY},
        {"code": "later", "name": "New tax", "rate": "7", "starts_on": date(2027, 1, 1)},
        {"code": "euro", "name": "Euro tax", "rate": "8", "currency": "EUR"},
    ):
        TaxRule.objects.create(**{"starts_on": date(2025, 1, 1), **fields})

    electricity = words(client.get(PAGE, {"service": "electricity"}))

    assert "Taxes on top" not in electricity
    assert "Taxes on top Water levy: 3%" in words(client.get(PAGE, {"service": "water"}))


def test_a_plan_that_begins_later_stands_with_what_it_will_charge(client, book):
    first = publish(GREEN)
    dearer = [{**GREEN["charges"][0], "price": "2.75"}, GREEN["charges"][1]]
    publish({**GREEN, "from": "2027-01-01", "change_summary": "Dearer", "charges": dearer})
    first.refresh_from_db()

    said = words(client.get(PAGE))

    now, later = said.split("Green home")[1:3]
    assert "Paper bill: $1.25" in now and "$2.75" not in now
    assert "From January 1, 2027 on." in later and "Paper bill: $2.75" in later
