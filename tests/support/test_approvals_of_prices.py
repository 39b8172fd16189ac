"""What is read before prices are put into force: words and numbers, whatever the tariff charges."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape

import pytest
from django.urls import reverse
from django.utils import translation

from statements.operations import publish
from support.approvals.differing import fields, priced
from tariffs.operations import import_tariff
from tests.statements.factories import FLAT, make_home, make_staff, make_world
from tests.tariffs.test_format_page import tariffs_of_the_pages

CODE = re.compile(r"[{}\[\]]|\b[a-z]+_[a-z_]+\b|\bNone\b|\bTrue\b")  # of a file, not of a person
KINDS = {"energy", "fixed", "demand", "percent", "minimum", "credit"}
TAXES = {"percent", "tiered", "flat", "exempt"}
EVERY = [definition for _page, definition in tariffs_of_the_pages()]


@dataclass
class Stated:
    """A version as far as the page compares it."""

    definition: dict

    def __str__(self):
        return "a tariff v2"


def words(html):
    main = html.partition("<main")[2].partition(">")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def names(definition):
    """Return what the utility called things itself; it may be written like code."""
    told = [definition["code"], *definition.get("seasons", {}), *definition.get("bands", {})]
    return sorted([*told, *re.findall(r'"(?:code|name|given)": "([^"]+)"', json.dumps(definition))])


def without_names(text, definition):
    for name in sorted(names(definition), key=len, reverse=True):
        text = text.replace(name, "")
    return text


def as_code(old, new):
    """Return what of the words of a change is written as in a file."""
    before, after = Stated(old) if old else None, Stated(new)
    rows = [*priced(before, after), *fields(before, after)]
    told = [f"{row.what} {row.before} {row.after}" for row in rows]
    return [text for text in told if CODE.search(without_names(text, {**(old or {}), **new}))]


def test_the_pages_hold_every_kind_of_charge_and_of_tax():
    assert {charge["kind"] for each in EVERY for charge in each["charges"]} >= KINDS
    assert {tax["kind"] for each in EVERY for tax in each.get("taxes", [])} >= TAXES


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_charge_is_told_in_words(language):
    with translation.override(language):
        found = [text for each in EVERY for text in as_code(None, each)]

    assert found == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_charge_that_comes_or_goes_is_told_in_words(language):
    with translation.override(language):
        for each in EVERY:
            bare = {**each, "charges": [], "taxes": [], "examples": []}
            assert as_code(bare, each) == []
            assert as_code(each, bare) == []


@pytest.fixture
def manager(client):
    make_world()
    make_home(FLAT)
    client.force_login(make_staff("billing_manager"))
    return client


def asked(definition):
    """Ask for a draft to be put into force, and return the page that is read before."""
    draft = import_tariff(
        {**FLAT, "from": "2026-12-01", "change_summary": "Dearer", **definition},
        author=make_staff(),
    )
    asked = publish.ask_to_publish(draft, requested_by=make_staff("billing_manager"))
    return reverse("support:approval", args=[asked.uid])


SLABS = {
    **FLAT["charges"][0],
    "slabs": [{"up_to": "100", "price": "0.15"}, {"price": "0.2"}],
    "slab_width": "per_day",
}
del SLABS["price"]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_of_an_approval_holds_no_code(manager, language):
    charges = [SLABS, *FLAT["charges"][1:]]
    taxes = [{"code": "vat", "name": "VAT", "kind": "percent", "percent": "5"}]

    page = words(
        manager.get(
            asked({"charges": charges, "taxes": taxes}), headers={"accept-language": language}
        ).content.decode()
    )

    assert not re.search(r'[{}\[\]]|"', page)
    assert "0.15" in page.replace(",", ".")


@pytest.mark.django_db
def test_prices_stand_as_customers_read_them_beside_the_fields(manager):
    dearer = [{**FLAT["charges"][0], "price": "0.2"}, FLAT["charges"][1]]
    address = asked({"charges": dearer, "holidays": ["2026-12-25"]})

    page = words(manager.get(address).content.decode())

    assert "Prices that change Energy before: $0.12345 per kWh after: $0.20 per kWh" in page
    assert "0.12345 after" not in page and "Price before" not in page
    assert "Services of customers billed by it today 1" in page
    assert "Shadow billing Nobody has compared this version with real readings yet." in page
    assert "Holidays before: – after: December 25, 2026" in page
    assert "Standing charge" not in page


@pytest.mark.django_db
def test_a_slab_that_moves_is_told_with_its_bounds(manager):
    page = words(manager.get(asked({"charges": [SLABS, FLAT["charges"][1]]})).content.decode())

    assert "Energy before: $0.12345 per kWh after: –" in page
    assert "Energy, first 100 kWh a day before: – after: $0.15 per kWh" in page
    assert "Energy, over 100 kWh a day before: – after: $0.20 per kWh" in page
