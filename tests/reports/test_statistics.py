"""Figures about everybody: none of fewer than ten customers, and none that gives them away."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AccountCategory, ConsumerCategory
from accounts.queries import utility
from core.db.unguarded import unguarded
from reports import statistics, statistics_shown
from reports.suppression import FEWEST, hide
from statements.models import Statement, StatementLine
from tests.accounts.factories import make_user
from tests.statements import factories as make

JANUARY = datetime(2027, 1, 5, 12, tzinfo=UTC)

groups = st.dictionaries(st.integers(0, 12), st.integers(1, 40), min_size=1)


def equations(customers, hidden):
    """Return what is published of the hidden groups: the total less what is shown."""
    keys = sorted(hidden.groups)
    return keys, [] if hidden.total or not keys else [[1] * len(keys)]


@given(groups)
def test_no_hidden_group_can_be_reckoned_from_what_is_shown(customers):
    hidden = hide(customers)
    keys, known = equations(customers, hidden)

    rank = np.linalg.matrix_rank(known) if known else 0
    for index in range(len(keys)):
        alone = [[int(i == index) for i in range(len(keys))]]
        assert np.linalg.matrix_rank([*known, *alone]) == rank + 1


@given(groups)
def test_nothing_is_shown_or_can_be_reckoned_of_fewer_than_ten(customers):
    hidden = hide(customers)

    assert all(customers[key] >= FEWEST for key in customers if key not in hidden.groups)
    if hidden.groups and not hidden.total:  # their sum is known: the largest alone is enough
        assert max(customers[key] for key in hidden.groups) >= FEWEST
        assert len(hidden.groups) >= 2


@given(groups)
def test_no_more_is_hidden_than_one_group_beside_the_small_ones(customers):
    hidden = hide(customers)
    small = {key for key, number in customers.items() if number < FEWEST}

    assert small <= hidden.groups
    assert len(hidden.groups - small) <= 1
    assert bool(hidden.groups) == bool(small)


@pytest.mark.parametrize(
    ("customers", "groups_hidden", "total"),
    [
        ({"a": 30, "b": 20}, set(), False),
        ({"a": 30, "b": 20, "c": 3}, {"b", "c"}, False),
        ({"a": 30, "c": 3}, {"a", "c"}, False),
        ({"c": 3, "d": 4}, {"c", "d"}, True),
        ({"c": 9}, {"c"}, True),
        ({"c": 10}, set(), False),
        ({}, set(), True),
    ],
)
def test_worked_by_hand(customers, groups_hidden, total):
    hidden = hide(customers)

    assert (hidden.groups, hidden.total) == (groups_hidden, total)


@pytest.fixture
def world(db, settings, tmp_path):
    make.make_world()
    (tmp_path / "clock").write_text(JANUARY.isoformat())
    settings.CLOCK_FILE = str(tmp_path / "clock")
    home = ConsumerCategory.objects.create(code="residential", name="Residential")
    ConsumerCategory.objects.create(code="single", name="Single", parent=home)
    ConsumerCategory.objects.create(code="commercial", name="Commercial")


def bill_homes(*numbers, slabs=False):
    """Bill October to so many homes of each category."""
    for code, number in zip(("single", "commercial"), numbers, strict=False):
        category = ConsumerCategory.objects.get(code=code)
        for _ in range(number):
            home = make.make_home(make.SLABS if slabs else make.FLAT)
            make.read_steadily(home.channel, make.OCTOBER, each=1000)
            AccountCategory.objects.create(
                account=home.agreement.account, category=category, starts_on=date(2025, 1, 1)
            )
    make.run_month()


def table():
    (only,) = statistics.of_month("2026-10", zone=utility().zone)
    return {group.name: group for group in [*only.groups, only.total]}


def test_sums_are_those_of_the_bills(world):
    bill_homes(10, 11, slabs=True)

    shown = table()

    lines = StatementLine.objects.exclude(kind="tax")
    energy = lines.filter(kind="energy")
    assert (shown["Residential"].bills, shown["Commercial"].bills) == (10, 11)
    assert shown["All"].amount_minor == sum(line.amount_minor for line in lines)
    assert shown["All"].units == sum(line.quantity for line in energy)
    assert shown["All"].units == 21 * 744 * 1000  # 31 days of 24 hours, none of 25 yet


def test_a_small_group_is_hidden_with_another_one(world):
    bill_homes(3, 10)

    shown = table()

    assert shown["Residential"].is_hidden and shown["Commercial"].is_hidden
    assert shown["All"].bills == 13


def test_one_customer_with_many_accounts_is_one(world):
    bill_homes(10, 10)
    first = Statement.objects.order_by("pk").first().account
    for statement in Statement.objects.select_related("account"):
        statement.account.customer = first.customer
        statement.account.save()

    assert all(group.is_hidden for group in table().values())


def test_a_month_is_final_when_the_next_one_is_over_and_never_changes(world):
    bill_homes(10)
    zone = utility().zone
    final = datetime(2026, 12, 1, 5, tzinfo=UTC)

    assert statistics.months(now=final - timedelta(seconds=1), zone=zone) == []
    assert statistics.months(now=final, zone=zone) == ["2026-10"]
    before = table()
    with unguarded(connection):
        Statement.objects.filter(pk=Statement.objects.first().pk).update(issued_at=final)
    assert table() != before  # the one that came too late is not counted


def test_all_staff_see_figures_and_no_names(world, client):
    bill_homes(10, 3)
    client.force_login(make.make_staff("meter_employee"))

    page = client.get(reverse("reports:statistics"))

    text = page.content.decode()
    assert page.status_code == 200
    assert "October 2026" in text and "not shown" in text
    assert "Lovelace" not in text
    assert client.get(reverse("reports:statistics"), {"month": "2027-01"}).status_code == 422


def test_customers_see_no_statistics(world, client):
    client.force_login(make_user())

    assert client.get(reverse("reports:statistics")).status_code == 403


def test_the_chart_and_the_file_hide_what_the_table_hides():
    shown = statistics.Group("Homes", 30, 5_000_000, 70_000)
    hidden = statistics.Group("Shops", None, None, None)
    table = statistics.Table("Electricity", "USD", "kWh", 1000, [shown, hidden], hidden)

    chart = statistics_shown.chart(table, key="all")
    rows = list(statistics_shown.sheet([table], date(2026, 11, 1)))

    assert chart.finding == "Electricity: Homes used most, 5,000 kWh."
    assert [row.about for row in chart.rows] == ["Homes", "Shops"]
    assert rows[1] == ("2026-11", "Electricity", "Homes", 30, 5000, "kWh", Decimal("700.00"), "USD")
    assert rows[2][2:] == ("Shops", "not shown", None, "kWh", None, "USD")
    assert rows[3][2:4] == ("Shops", "not shown")


def test_a_month_in_which_all_is_hidden_has_no_chart():
    hidden = statistics.Group("Shops", None, None, None)
    table = statistics.Table("Electricity", "USD", "kWh", 1000, [hidden], hidden)

    assert statistics_shown.chart(table, key="all") is None
