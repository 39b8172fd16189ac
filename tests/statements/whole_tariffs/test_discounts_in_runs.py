"""Discount policies: riders that follow a condition of the account, and how they meet."""

from __future__ import annotations

from datetime import date

import pytest

from statements.models import AccountCondition, PlanAssignment
from tariffs import engine, operations
from tariffs.models import Tariff, TaxRule
from tests.statements import factories as make
from tests.statements.factories import FLAT, LONG_AGO, OCTOBER
from tests.statements.whole_tariffs.hands import amounts

pytestmark = pytest.mark.django_db

SOCIAL = {
    "code": "social",
    "name": "Social discount",
    "commodity": "electricity",
    "currency": "USD",
    "from": "2025-01-01",
    "percent": "10",
    "conditions": ["social"],
    "change_summary": "First",
}
PAPERLESS = {
    **SOCIAL,
    "code": "paperless",
    "name": "Paperless discount",
    "percent": "5",
    "conditions": ["paperless"],
    "position": 2,
}


def publish(written, **fields):
    version = operations.import_discount({**written, **fields}, author=None)
    operations.publish_discount(version, approver=None, published_at=LONG_AGO)
    return version


@pytest.fixture
def home():
    """744 half kWh at 0.12345 are 45.92, and 9.30."""
    service = make.make_home(FLAT)
    make.read_steadily(service.channel, OCTOBER, 500)
    return service


def fulfils(home, *names, since=date(2025, 1, 1)):
    for name in names:
        AccountCondition.objects.create(account=home.agreement.account, name=name, starts_on=since)


def discounts(home):
    return [(code, amount) for code, kind, amount in amounts(make.bill(home)) if kind == "discount"]


def test_who_fulfils_the_condition_gets_a_line_of_its_own(home):
    """10 % of 45.92 and 9.30"""
    publish(SOCIAL)
    fulfils(home, "social")

    assert discounts(home) == [("social", -5_52)]


def test_who_does_not_gets_nothing(home):
    publish(SOCIAL)

    assert discounts(home) == []


def test_a_discount_lowers_what_is_taxed(home):
    """20 % of 55.22 less 5.52"""
    publish(SOCIAL)
    fulfils(home, "social")
    TaxRule.objects.create(code="vat", name="VAT", rate=20, starts_on=date(2025, 1, 1))

    statement = make.bill(home)

    assert amounts(statement)[-1] == ("vat", "tax", 9_94)


def test_a_discount_follows_a_tax_that_changes(home):
    publish(SOCIAL)
    fulfils(home, "social")
    for rate, first, end in (
        (10, date(2025, 1, 1), date(2026, 10, 16)),
        (20, date(2026, 10, 16), None),
    ):
        TaxRule.objects.create(code="vat", name="VAT", rate=rate, starts_on=first, ends_on=end)

    found = amounts(make.bill(home))

    lines = {kind: [a for _, k, a in found if k == kind] for kind in ("discount", "tax")}
    assert len(lines["discount"]) == 2
    assert abs(sum(lines["discount"]) + 5_52) <= 1
    assert len(lines["tax"]) == 2


def test_a_discount_may_be_taken_of_energy_alone(home):
    publish(SOCIAL, of=["@energy"])
    fulfils(home, "social")

    assert discounts(home) == [("social", -4_59)]


def test_discounts_that_add_up_are_each_taken_of_the_charges(home):
    """10 % and 5 % of 55.22"""
    publish(SOCIAL)
    publish(PAPERLESS)
    fulfils(home, "social", "paperless")

    assert discounts(home) == [("social", -5_52), ("paperless", -2_76)]


def test_a_discount_after_others_is_taken_of_what_is_left(home):
    """5 % of 55.22 less 5.52, in the order of positions and not of publishing"""
    publish(PAPERLESS, stacking="after")
    publish(SOCIAL, position=1)
    fulfils(home, "social", "paperless")

    assert discounts(home) == [("social", -5_52), ("paperless", -2_49)]  # 2.485


def test_of_discounts_that_exclude_each_other_the_first_that_fits_is_given(home):
    publish(SOCIAL, stacking="instead")
    publish(PAPERLESS, stacking="instead")
    fulfils(home, "paperless")
    other = make.make_home(FLAT)
    make.read_steadily(other.channel, OCTOBER, 500)
    fulfils(other, "social", "paperless")

    assert discounts(home) == [("paperless", -2_76)]
    assert discounts(other) == [("social", -5_52)]


def test_a_discount_begins_and_ends_within_a_bill(home):
    """From 11 to 20 October: 240 of 744 hours, and 10 of 31 days of the standing charge.

    120 kWh × 0.12345 = 14.81, 9.30 × 10 ÷ 31 = 3.00; a tenth of 17.81
    """
    publish(SOCIAL, **{"from": "2026-10-11", "to": "2026-10-21"})
    fulfils(home, "social")

    assert discounts(home) == [("social", -1_78)]


def test_a_discount_in_another_currency_is_none(home):
    publish(SOCIAL, currency="EUR")
    fulfils(home, "social")

    assert discounts(home) == []


def test_what_is_common_is_cut_where_a_discount_of_the_service_begins(home):
    """The fee of a bundle is borne by water, though electricity stands first in the plan.

    From 16 October on: 384 hours of 20 litres, and 16 of 31 days of the fee.
    """
    water = {
        **FLAT,
        "code": "w",
        "name": "W",
        "commodity": "water",
        "charges": [{"code": "use", "kind": "energy", "unit": "m3", "price": "1.00"}],
    }
    tap = make.make_home(water)
    make.read_steadily(tap.channel, OCTOBER, 20)
    bundle = operations.import_plan(
        {
            "code": "TWO",
            "name": "Two",
            "currency": "USD",
            "from": "2025-01-01",
            "services": [
                {"commodity": "electricity", "tariff": "home-flat"},
                {"commodity": "water", "tariff": "w"},
            ],
            "charges": [{"code": "fee", "name": "Fee", "kind": "fixed", "price": "6.20"}],
            "change_summary": "First",
        },
        author=None,
    )
    operations.publish_plan(bundle, approver=None, published_at=LONG_AGO)
    PlanAssignment.objects.filter(agreement=tap.agreement).update(plan_version=bundle)
    publish(SOCIAL, commodity="water", **{"from": "2026-10-16"})
    fulfils(tap, "social")

    assert discounts(tap) == [("social", -1_09)]  # a tenth of 7.68 and 3.20


def test_one_that_excludes_does_not_come_before_another():
    make.make_world()
    publish(PAPERLESS, stacking="instead")

    with pytest.raises(operations.NotPublishable, match="Paperless discount would have to give"):
        publish(SOCIAL, stacking="instead", position=1)


def test_two_conditions_at_once_cannot_be_excluded():
    publish(SOCIAL, stacking="instead", conditions=["social", "paperless"])

    with pytest.raises(engine.TariffError, match="stacking: the one before asks for social and"):
        operations.import_discount({**PAPERLESS, "stacking": "instead"}, author=None)


def test_a_discount_is_no_tariff_that_a_plan_may_have():
    version = publish(SOCIAL)

    assert version.tariff.role == Tariff.Role.DISCOUNT
    assert not version.keys.exists()
    with pytest.raises(operations.UnknownPart):
        operations.import_plan(
            {
                "code": "P",
                "name": "P",
                "currency": "USD",
                "from": "2025-01-01",
                "services": [{"commodity": "electricity", "tariff": "discount-social"}],
            },
            author=None,
        )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"conditions": []}, "conditions: must name at least one"),
        ({"percent": "101"}, "percent: a discount must not exceed 100"),
        ({"percent": "-1"}, "percent: must not be negative"),
        ({"of": ["@all"]}, r"of\[0\]: '@all' must be one of @energy, @fixed, @demand"),
        ({"of": []}, "of: must name what"),
        ({"stacking": "after", "of": ["@energy"]}, "of: a discount after others"),
        ({"stacking": "never"}, "stacking: 'never' must be one of adds, after, instead"),
        ({"position": "1000"}, "position: must be from 0 to 999"),
        ({"surprise": 1}, "surprise: is not a field"),
    ],
)
def test_a_discount_is_refused_by_its_field(change, said):
    with pytest.raises(engine.TariffError, match=said):
        operations.import_discount({**SOCIAL, **change}, author=None)
