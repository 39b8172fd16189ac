"""The first bill under a plan, previewed on a real month."""

from __future__ import annotations

from datetime import date

import pytest

from core.periods import midnight
from statements.pricing.preview import preview
from statements.problems import Problem
from tests.statements import factories as make
from tests.statements.factories import OCTOBER, ZONE
from tests.statements.pricing.homes import energy, fee, offer, tariff
from tests.statements.whole_tariffs.test_plans_in_runs import BUNDLE, POWER, WATER, publish

pytestmark = pytest.mark.django_db
DECEMBER = midnight(date(2026, 12, 1), ZONE)


@pytest.fixture(autouse=True)
def _world():
    make.make_world()


def test_the_lines_of_the_last_month_that_was_measured():
    """November is not over; October: 372 kWh x 0.20 = 74.40, and 4.00; 5.25 % of 78.40."""
    home = make.make_home(POWER)
    make.read_steadily(home.channel, OCTOBER, 500)

    found = preview(home.agreement, offer(tariff("new", energy("0.20"), fee("4.00"))), DECEMBER)

    assert [(line.name, line.quantity, line.amount_minor) for line in found.lines] == [
        ("Energy", "372 kWh", 74_40),
        ("Standing charge", "1 billing period", 4_00),
        ("Sales tax", "$78.40", 4_12),
    ]
    assert (found.month, found.total_minor) == (OCTOBER, 82_52)


def test_services_that_share_a_plan_are_on_one_bill():
    """Both on the bundle: as a run bills it, 84.11 and 4.21 tax."""
    power = make.make_home(POWER)
    water = make.make_service(power.agreement.account, WATER)
    make.read_steadily(power.channel, OCTOBER, 500)
    make.read_steadily(water.channel, OCTOBER, 20)
    version = publish(BUNDLE)
    row = water.agreement.plans.get()
    row.plan_version = version
    row.save()

    found = preview(power.agreement, version, DECEMBER)

    assert found.total_minor == 88_32
    assert found.agreements == (power.agreement.pk, water.agreement.pk)


def test_it_equals_the_bill_of_a_run():
    home = make.make_home(tariff("new", energy("0.20"), fee("4.00")))
    make.read_steadily(home.channel, OCTOBER, 500)

    found = preview(home.agreement, home.agreement.plans.get().plan_version, DECEMBER)

    assert found.total_minor == make.bill(home).total_minor


def test_without_a_month_of_readings_there_is_no_preview():
    home = make.make_home(POWER)

    with pytest.raises(Problem, match="missing_reads"):
        preview(home.agreement, home.agreement.plans.get().plan_version, DECEMBER)
