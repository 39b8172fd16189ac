"""What is said of a plan is what its bills come to, to the cent: runs on one side, advice on one.

Both are of whole months at unchanged prices, with tax. One-off amounts, as adjustments of a bill,
and months whose prices were others are in bills alone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from core.periods import local_month, midnight
from statements.models import Statement
from statements.operations.assign import assign_plan, next_cycle
from statements.pricing.advice import advice
from tests.statements import factories as make
from tests.statements.factories import SLABS, TIME, ZONE
from tests.statements.pricing.homes import NOW, TODAY, YEAR, energy, fee, tariff

pytestmark = pytest.mark.django_db
NEXT_YEAR = [(2026, 12), *((2027, month) for month in range(1, 12))]
IN_DECEMBER_2027 = datetime(2027, 12, 5, 12, tzinfo=UTC)
UNEVEN = tariff("uneven", energy("0.123457"), fee("7.77"))


@pytest.fixture(autouse=True)
def _world():
    make.make_world()  # with a tax of 5.25 percent, so that every month is rounded


def read(home, months):
    """Read what differs from hour to hour, and is the same in every November."""
    for year, month in months:
        period = local_month(year, month, ZONE)
        hours = make.slots_of(period, 3600)
        values = np.random.default_rng(month).integers(0, 2_500, hours)
        make.read_values(home.channel, period, values)


def billed(home, months, **when):
    """Bill months by runs, and return what their statements come to."""
    for year, month in months:
        make.run_month(f"{year}-{month:02d}", **when)
    rows = Statement.objects.filter(account=home.agreement.account, state="issued")
    wanted = [f"{year}-{month:02d}" for year, month in months]
    totals = rows.filter(run__month__in=wanted).values_list("total_minor", flat=True)
    assert len(totals) == len(months)
    return sum(totals)


def said_of(found, code):
    return next(each.total_minor for each in found.others if each.version.plan.code == code)


@pytest.mark.parametrize("prices", [UNEVEN, SLABS, TIME], ids=lambda each: each["code"])
def test_the_own_plan_comes_to_what_a_year_was_billed(prices):
    home = make.make_home(prices)
    read(home, YEAR)

    bills = billed(home, YEAR)

    assert advice(home.agreement, TODAY).present.total_minor == bills


@pytest.mark.parametrize("prices", [SLABS, TIME], ids=lambda each: each["code"])
def test_who_had_switched_before_is_billed_what_is_said_of_the_plan(prices):
    """Two homes of the same readings: one keeps its plan, one has the other from November on."""
    stays, moves = make.make_home(UNEVEN), make.make_home(UNEVEN)
    other = make.make_plan_version(make.make_version(prices))
    begins = midnight(date(2025, 11, 1), ZONE)
    assign_plan(moves.agreement, other, starts_at=begins, actor=None)
    for home in (stays, moves):
        read(home, YEAR)

    bills = billed(moves, YEAR)

    assert said_of(advice(stays.agreement, TODAY), prices["code"]) == bills


def test_the_year_after_a_switch_is_billed_as_was_said_before_it():
    """The same use in each month of the next year; slabs do not ask at which hour it was."""
    home = make.make_home(UNEVEN)
    read(home, YEAR)
    other = make.make_plan_version(make.make_version(SLABS))
    said = said_of(advice(home.agreement, TODAY), SLABS["code"])
    starts_at = next_cycle(home.agreement, now=NOW)
    assign_plan(home.agreement, other, starts_at=starts_at, actor=None)
    read(home, NEXT_YEAR)

    bills = billed(home, NEXT_YEAR, as_of=IN_DECEMBER_2027)

    assert said == bills
