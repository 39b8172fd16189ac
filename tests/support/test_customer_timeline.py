"""The customer's page in the help room: how they stand, why the bill is high, what happened."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.queries import utility
from core import clock
from ledger.policies import Item
from meters.models import ReadingException, UsagePoint
from notifications.models import Notice
from payments.models import Payment
from statements.models import Statement
from support.presentation import ageing, tabs, timeline
from support.presentation.customer import customer_view
from support.presentation.high_bill import high_bill
from tests.statements.factories import (
    FLAT,
    IN_DECEMBER,
    IN_NOVEMBER,
    NOVEMBER,
    OCTOBER,
    make_home,
    make_staff,
    make_world,
    read_steadily,
    run_month,
)
from tests.support.helping import open_session

pytestmark = pytest.mark.django_db
TODAY = date(2026, 12, 20)
PART = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.fixture
def home():
    """A home with two bills: twice as much was used in the second month."""
    home = make_home(FLAT)
    for period, each in ((OCTOBER, 500), (NOVEMBER, 1000)):
        read_steadily(home.channel, period, each)
    run_month("2026-10", as_of=IN_NOVEMBER)
    run_month("2026-11", as_of=IN_DECEMBER)
    customer = home.agreement.account.customer
    customer.name = "Ada Lovelace"
    customer.save()
    return home


@pytest.fixture
def grant(client, home):
    employee = make_staff("support")
    client.force_login(employee)
    return open_session(employee, home.agreement.account.customer, at=clock.real_now())


def newest(home):
    return Statement.objects.filter(account=home.agreement.account).latest("ends_at")


def page(client, tab="", **headers):
    answer = client.get(reverse("support:customer"), {"tab": tab} if tab else {}, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def item(left, day):
    return Item(1, 1, day, "statement", left)


def test_debts_are_summed_by_age():
    debits = [
        item(100, TODAY + timedelta(days=5)),
        item(200, TODAY),
        item(300, TODAY - timedelta(days=30)),
        item(400, TODAY - timedelta(days=31)),
        item(500, TODAY - timedelta(days=400)),
    ]

    found = [(str(age.word), age.minor, age.is_late) for age in ageing.ages(debits, TODAY)]

    assert found == [
        ("More than 90 days late", 500, True),
        ("31 to 60 days late", 400, True),
        ("1 to 30 days late", 300, True),
        ("Not late", 300, False),
    ]
    assert ageing.oldest(debits) == TODAY - timedelta(days=400)


class TestHighBill:
    def test_the_newest_stands_beside_the_one_before(self, home):
        found = high_bill(newest(home))

        rows = {row.word: row.cells for row in found.rows}
        assert [column.word for column in found.columns] == ["Newest bill", "The bill before"]
        assert rows["Days"] == ["30", "31"]
        assert rows["Use, kWh"] == ["721", "372"]  # 721 hours: the clocks went back
        assert rows["Average price of 1 kWh"] == ["$0.1235", "$0.1234"]  # lines are rounded

    def test_the_parts_add_up_to_each_bill_and_the_causes_to_the_difference(self, home):
        found = high_bill(newest(home))

        for column in found.columns:
            parts = sum(column.paid.values()) + column.fixed_minor + column.rest_minor
            assert parts == column.statement.total_minor
        totals = [column.statement.total_minor for column in found.columns]
        assert sum(cause.amount_minor for cause in found.why.causes) == totals[0] - totals[1]

    def test_the_same_month_of_the_year_before_is_there_where_it_was_billed(self, home):
        first = Statement.objects.order_by("ends_at").first()
        one = newest(home)
        one.starts_at = one.starts_at.replace(year=2027, month=10)
        one.ends_at = one.ends_at.replace(year=2027, month=11)

        found = high_bill(one)

        assert first in [column.statement for column in found.columns[1:]]
        assert found.columns[-1].word == "Same month last year"

    def test_a_first_bill_stands_alone_and_none_is_none(self, home):
        found = high_bill(Statement.objects.order_by("ends_at").first())

        assert len(found.columns) == 1 and found.why is None and found.chart is None
        assert high_bill(None) is None

    def test_it_takes_one_query(self, home, django_assert_num_queries):
        one = newest(home)
        with django_assert_num_queries(1):
            high_bill(one)


class TestPage:
    def test_the_answer_and_the_timeline_come_first(self, client, home, grant):
        shown = page(client)

        assert "Ada Lovelace" in shown and "Why it changed" in shown
        assert "more than on the bill before" in shown and "Use, kWh" in shown
        assert newest(home).number in shown
        assert shown.index("Why is the bill") < shown.index("What happened")

    @pytest.mark.parametrize(
        ("tab", "words"),
        [
            ("bills", "Bills, the newest first"),
            ("payments", "No payment yet"),
            ("services", "Supply number"),
            ("messages", "What we told them"),
            ("nonsense", "What happened"),
        ],
    )
    def test_each_tab_has_an_address(self, client, grant, tab, words):
        assert words in page(client, tab)

    def test_a_tab_comes_alone_to_htmx(self, client, grant):
        shown = page(client, "bills", **PART)

        assert "<html" not in shown and 'aria-current="page"' in shown

    def test_addresses_stay_masked_in_every_tab(self, client, grant):
        for tab in tabs.TABS:
            assert "Mill Lane" not in page(client, tab)

    def test_what_is_next_is_said(self, client, home, grant):
        shown = page(client)
        assert "is late since" in shown or "is due on" in shown

        UsagePoint.objects.update(connection_state="disconnected")
        shown = page(client)
        assert "Switched off" in shown and "to switch it on again" in shown

    def test_the_overview_takes_twelve_queries(self, home, grant):
        zone = utility().zone
        with CaptureQueriesContext(connection) as found:
            view = customer_view(grant, now=IN_DECEMBER, today=TODAY)
            tabs.tab("overview", grant, view, now=IN_DECEMBER, zone=zone)

        assert len(found) <= 12

    def test_three_bills_cost_as_many_queries_as_one(self, client, home, grant):
        with CaptureQueriesContext(connection) as two:
            page(client)
        account = home.agreement.account
        for n in range(3):
            Payment.objects.create(
                account=account,
                reference=f"R-{n}",
                amount_minor=100,
                currency="USD",
                received_on=TODAY,
                actor="test",
            )
        with CaptureQueriesContext(connection) as more:
            shown = page(client)

        assert len(two) == len(more) and "$1.00 by Cash" in shown


def test_everything_stands_on_one_axis_the_newest_first(home, grant):
    account, zone = home.agreement.account, utility().zone
    Notice.objects.create(
        account=account, kind="x.y", key="n1", subject="We wrote", body="", created_at=IN_NOVEMBER
    )
    ReadingException.objects.create(
        key="e1",
        rule="gap",
        severity="held",
        meter=home.channel.meter,
        starts_at=IN_DECEMBER,
        ends_at=IN_DECEMBER + timedelta(hours=1),
        message="",
        recorded_at=IN_DECEMBER,
    )
    view = customer_view(grant, now=IN_DECEMBER, today=TODAY)

    events = tabs.tab("overview", grant, view, now=IN_DECEMBER, zone=zone)["events"]

    days = [event.on for event in events]
    assert days == sorted(days, reverse=True)
    assert {"Bill", "Message", "Reading"} <= {event.kind for event in events}


def test_others_sessions_are_told_by_initials(home, grant):
    other = make_staff("support")
    grant.employee, grant.pk, grant.uid = other, None, None
    found = list(timeline.of_sessions(grant, utility().zone))

    assert len(found) == 1 and "helped by" in found[0].words
    assert other.get_full_name() not in found[0].words
