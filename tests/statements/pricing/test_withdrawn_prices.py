"""What is withdrawn leaves no day doubly served, and nobody without prices."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from core.periods import midnight
from statements.operations.assign import assign_plan
from statements.operations.ending import withdraw
from tariffs import operations
from tariffs.models import PlanVersion
from tests.statements import factories as make
from tests.statements.factories import FLAT, ZONE
from tests.statements.plans.test_switching import SAVER
from tests.statements.pricing.homes import publish
from tests.tariffs.price_book.test_added_categories import category, published

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
TODAY = date(2026, 11, 5)
LATER = {"from": "2027-01-01", "change_summary": "later"}


def take_back(version):
    withdraw(version, actor=None, at=NOW, today=TODAY, reason="x")


def test_what_another_tariff_has_taken_over_is_not_withdrawn():
    category("home")
    category("shop")
    first = published("one")
    later = published("one", "home", **LATER)
    published("two", "shop", **LATER)

    with pytest.raises(operations.NotPossible, match="one v1 cannot go on: two v1 serves these"):
        take_back(later)

    first.refresh_from_db()
    later.refresh_from_db()
    assert (first.ends_on, later.state) == (date(2027, 1, 1), "published")


def test_what_goes_on_ends_where_the_next_one_begins():
    first = published("one")
    second = published("one", **LATER, to="2027-03-01")
    third = published("one", **{**LATER, "from": "2027-03-01"})

    take_back(second)

    first.refresh_from_db()
    assert first.ends_on == third.starts_on


def test_a_plan_that_somebody_is_to_have_and_its_prices_stay():
    make.make_world()
    home = make.make_home(FLAT)
    publish({**SAVER, **LATER})
    saver = PlanVersion.objects.get(plan__code="SAVER")
    assign_plan(home.agreement, saver, starts_at=midnight(date(2027, 2, 1), ZONE), actor=None)

    with pytest.raises(operations.NotPossible, match="Customers are to have Saver"):
        take_back(saver)

    saver.refresh_from_db()
    assert saver.state == "published"


def test_prices_that_a_plan_names_are_not_withdrawn():
    only = published("one", **LATER)
    operations.publish_plan(
        operations.import_plan(
            {**SAVER, **LATER, "services": [{"commodity": "electricity", "tariff": "one"}]},
            author=None,
        ),
        approver=None,
        published_at=NOW,
        billed_until=None,
    )

    with pytest.raises(operations.NotPossible, match="Saver v1 has no prices without one v1"):
        take_back(only)
