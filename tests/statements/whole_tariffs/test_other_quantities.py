"""Sewer by water, charges by area, gas by its energy."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from meters.models import ServiceLocation
from tariffs.models import GivenNumber, TaxRule
from tests.accounts.factories import make_account
from tests.statements import factories as make
from tests.statements.factories import FLAT, OCTOBER, ZONE
from tests.statements.test_pages import page_of, words
from tests.statements.whole_tariffs.hands import (
    GAS,
    SEWER,
    amounts,
    page,
    printed,
    problem_of,
    spread,
    unmetered,
)

pytestmark = pytest.mark.django_db


def test_sewer_follows_the_water_of_the_same_place(client):
    """12 m³ x 85 % = 10.2 m³ x 1.50 = 15.30; 120.5 m² x 0.04 = 4.82."""
    place = ServiceLocation.objects.create(
        code="S1", address_line="1 Brook Road", city="Dover", zone_name=ZONE.key,
        attributes={"area": 120.5},
    )  # fmt: skip
    account = make_account(number="7790000001")
    water = make.make_service(account, make.WATER, location=place)
    unmetered(account, SEWER, place)
    make.read_values(water.channel, OCTOBER, spread(OCTOBER, 12_000))

    statement = make.bill(water)

    assert [row for row in amounts(statement) if row[0] != "water"] == [
        ("sewer", "info", 0),
        ("sewer", "energy", 15_30),
        ("rain", "energy", 4_82),
    ]
    for said in (page(client, statement), printed(statement)):
        assert "12 m³ × 85% = 10.2 m³" in said
        assert "120.5 m² × $0.04 per m²" in said
    line = statement.lines.get(charge="sewer", kind="energy")
    view = page_of(client, statement, "statements:readings", line.seq)
    assert "The intervals below add up to 12 m³" in words(view.content.decode())


def test_sewer_without_water_on_the_bill_waits():
    account = make_account(number="7790000002")
    place = ServiceLocation.objects.create(
        code="S2", address_line="2 Brook Road", city="Dover", zone_name=ZONE.key,
        attributes={"area": 10},
    )  # fmt: skip
    unmetered(account, SEWER, place)

    item = problem_of()

    assert (item.error_code, "water.import" in item.error) == ("no_other_use", True)


@pytest.mark.parametrize("area", [None, "120", -1, 1.0001, True, float("inf")])
def test_an_attribute_that_is_no_number_waits(area):
    account = make_account(number="7790000003")
    place = ServiceLocation(
        code="S3", address_line="3 Brook Road", city="Dover", zone_name=ZONE.key
    )
    place.attributes = {} if area is None or area == float("inf") else {"area": area}
    place.save()
    unmetered(account, {**SEWER, "charges": SEWER["charges"][1:]}, place)

    item = problem_of()

    assert (item.error_code, "'area'" in item.error) == ("bad_attribute", True)


# Gas


def test_gas_is_converted_by_steps_that_the_bill_shows(client):
    """412 m³ x 1.02264 x 39.2 / 3.6 = 4,587.8... kWh."""
    GivenNumber.objects.create(
        code="calorific-value", value=Decimal("39.2"), starts_on=date(2026, 1, 1)
    )
    service = make.make_home(GAS)
    make.read_values(service.channel, OCTOBER, spread(OCTOBER, 412_000))

    statement = make.bill(service)

    line = statement.lines.get(charge="gas", kind="energy")
    exact = Decimal(412) * Decimal("1.02264") * Decimal("39.2") / Decimal("3.6")
    assert line.quantity == int((exact * 1000).quantize(Decimal(1)))
    said = page(client, statement)
    assert "412 m³ × 1.02264 × 39.2 ÷ 3.6 ≈ 4,587.7" in said
    assert "1.02264: Volume correction; 39.2: Calorific value, MJ/m³; 3.6: MJ in a kWh" in said


def test_gas_without_its_calorific_value_waits():
    service = make.make_home(GAS)
    make.read_steadily(service.channel, OCTOBER)

    assert problem_of().error_code == "no_given_number"


def test_a_calorific_value_that_changes_cuts_the_bill():
    for value, first, end in (("39.2", 1, 16), ("40", 16, None)):
        GivenNumber.objects.create(
            code="calorific-value",
            value=Decimal(value),
            starts_on=date(2026, 10, first),
            ends_on=end and date(2026, 10, end),
        )
    service = make.make_home(GAS)
    make.read_steadily(service.channel, OCTOBER, 1000)

    statement = make.bill(service)

    found = statement.lines.filter(kind="energy").order_by("seq")
    assert [line.params["steps"][0]["factors"][1]["value"] for line in found] == [
        39_20000000,
        40_00000000,
    ]


def test_two_given_numbers_of_a_day_are_refused():
    GivenNumber.objects.create(code="cv", value=39, starts_on=date(2026, 1, 1))

    with pytest.raises(ValidationError):
        GivenNumber(code="cv", value=40, starts_on=date(2026, 2, 1)).full_clean()


@pytest.mark.parametrize(
    "row", [GivenNumber(), TaxRule(on_taxes="vat", position=None, kind="tiered", bands=None)]
)
def test_a_form_that_says_too_little_is_refused(row):
    with pytest.raises(ValidationError):
        row.full_clean()


def test_a_plan_for_another_measure_waits():
    service = make.make_home({**make.WATER, "code": "kwh-water", "charges": FLAT["charges"]})
    make.read_steadily(service.channel, OCTOBER)

    assert problem_of().error_code == "wrong_unit"
