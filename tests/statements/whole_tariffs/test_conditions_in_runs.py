"""Charges that depend on the account and on its earlier use."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import AccountCategory, ConsumerCategory
from statements.models import (
    AccountCondition,
    Statement,
)
from statements.verify import verify
from tests.statements import factories as make
from tests.statements.factories import IN_DECEMBER, NOVEMBER, OCTOBER
from tests.statements.whole_tariffs.hands import (
    discounted,
    problem_of,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("term", "holds"),
    [
        ("paperless", True),
        ({"not": "paperless"}, False),
        ("exempt", False),
        ("category:flats", True),
        ("category:homes", True),
        ("customer:person", True),
        ("special-need", False),
    ],
)
def test_conditions_of_an_account(term, holds):
    service = make.make_home(discounted(term))
    account = service.agreement.account
    homes = ConsumerCategory.objects.create(code="homes", name="Homes")
    flats = ConsumerCategory.objects.create(code="flats", name="Flats", parent=homes)
    AccountCategory.objects.create(account=account, category=flats, starts_on=date(2025, 1, 1))
    AccountCondition.objects.create(account=account, name="paperless", starts_on=date(2026, 10, 1))
    AccountCondition.objects.create(
        account=account, name="exempt", starts_on=date(2025, 1, 1), ends_on=date(2026, 10, 1)
    )
    make.read_steadily(service.channel, OCTOBER)

    statement = make.bill(service)

    assert statement.lines.filter(charge="less").exists() == holds


def test_a_condition_that_ends_later_stays_on_the_bill_it_made():
    service = make.make_home(discounted("paperless"))
    held = AccountCondition.objects.create(
        account=service.agreement.account, name="paperless", starts_on=date(2025, 1, 1)
    )
    make.read_steadily(service.channel, OCTOBER)
    statement = make.bill(service)
    held.delete()

    assert list(verify(Statement.objects.filter(pk=statement.pk))) == []


@pytest.mark.parametrize(("above", "holds"), [("371", True), ("372", False)])
def test_use_of_the_month_before_is_read_from_the_meter(above, holds):
    term = {"use_of": "import", "unit": "kWh", "last_periods": 1, "above": above}
    service = make.make_home(discounted(term))
    make.read_steadily(service.channel, OCTOBER)
    make.read_steadily(service.channel, NOVEMBER)

    statement = make.bill(service, "2026-11", as_of=IN_DECEMBER)

    assert statement.lines.filter(charge="less").exists() == holds


def test_before_an_agreement_began_it_used_nothing():
    term = {"use_of": "import", "unit": "kWh", "last_periods": 3, "up_to": "10"}
    service = make.make_home(discounted(term), starts_at=OCTOBER.starts_at)
    make.read_steadily(service.channel, OCTOBER)

    assert make.bill(service).lines.filter(charge="less").exists()


def test_use_that_was_not_measured_waits():
    term = {"use_of": "import", "unit": "kWh", "last_periods": 2, "up_to": "10"}
    service = make.make_home(discounted(term))
    make.read_steadily(service.channel, OCTOBER)

    assert problem_of().error_code == "not_priceable"
