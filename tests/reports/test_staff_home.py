"""The start of staff: every figure equals the list behind it, and nobody sees what is not theirs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from accounts.doors import lifetimes
from accounts.queries import utility
from accounts.staff import StaffRole
from billing_site.permissions import table as permissions
from core import formats
from core.integrity import Finding
from core.models import JobRun
from ledger.models import AccountBalance
from meters.models import CustomerAgreement, Meter, UsagePoint
from payments.desk import payments as desk
from payments.forms.desk import PaymentFilterForm
from payments.models import Payment, SuspenseItem
from reports import integrity, tasks
from reports.manage import kept
from reports.manage_bills import queries as bills
from reports.manage_meters.table import table as meters_table
from reports.staff_home import owing
from reports.staff_home.queues import queues
from reports.staff_home.tiles import tiles
from statements.models import Statement
from tests.statements.factories import (
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

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
TODAY = date(2026, 11, 20)
ALL_MONEY = ("outstanding", "owed")
METERS = {"connections", "postpaid", "prepaid"}


@pytest.fixture(autouse=True)
def world(monkeypatch):
    make_world()
    monkeypatch.setattr("core.clock.now", lambda: NOW)


@pytest.fixture
def busy():
    """Two bills, one of them part paid, one paid in advance, a place that is off, a reversal."""
    one, two = make_bills(2)
    pay(one.account, 1000)
    reversed_ = pay(two.account, 500)
    Payment.objects.filter(pk=reversed_.pk).update(state=Payment.State.REVERSED)
    two_stands = AccountBalance.objects.filter(account=two.account)
    two_stands.update(balance_minor=-100, available_credit=300)
    CustomerAgreement.objects.filter(account=two.account).update(payment_mode="prepaid")
    off = make_home().agreement.usage_point
    UsagePoint.objects.filter(pk=off.pk).update(connection_state="disconnected")
    return one, two


def make_bills(n, month="2026-10", period=OCTOBER, as_of=IN_NOVEMBER):
    """Bill new homes, all in one run."""
    homes = [make_home() for _ in range(n)]
    for home in homes:
        read_steadily(home.channel, period)
    run_month(month, as_of=as_of)
    accounts = [home.agreement.account for home in homes]
    return list(Statement.objects.filter(account__in=accounts).order_by("pk"))


def pay(account, amount):
    return Payment.objects.create(
        account=account,
        reference=f"R-{Payment.objects.count()}",
        amount_minor=amount,
        currency="USD",
        received_on=TODAY,
        actor="test",
    )


def seen(user):
    return {tile.key: tile for tile in tiles(user, now=NOW, today=TODAY, utility=utility())}


def asked(tile):
    return QueryDict(urlsplit(tile.address).query)


def test_outstanding_is_the_sum_of_the_list_of_who_owes(busy):
    found = seen(make_staff("finance"))
    sums = owing.sums(owing.balances(make_staff("finance"), "USD"))

    assert found["outstanding"].figure == formats.money(sums.open_minor, "USD")
    assert found["owed"].figure == formats.money(sums.owed_minor, "USD")
    rows = owing.rows(list(owing.owing("USD").select_related("account__customer")))
    assert sum(row.open.minor for row in rows) == sums.open_minor > sums.owed_minor
    assert sum(row.owed.minor for row in rows) == sums.owed_minor > 0


def test_received_is_what_the_list_of_payments_sums(busy):
    tile = seen(make_staff("finance"))["received"]
    form = PaymentFilterForm(asked(tile))
    assert form.is_valid()

    totals = desk.totals(desk.narrowed(Payment.objects.all(), form.cleaned_data))

    assert tile.figure == "$10.00"
    assert [each.kept_minor for each in desk.in_all(totals)] == [1000]


def test_bills_are_those_of_the_list(busy):
    tile = seen(make_staff("billing_specialist"))["bills"]

    month = parse_qs(urlsplit(tile.address).query)["month"][0]

    assert month == "2026-10"
    assert tile.figure == str(bills.sums(bills.of_month(bills.bills(), month)).count) == "2"


def test_connections_are_those_of_the_list_of_meters(busy):
    found = seen(make_staff("meter_employee"))

    for key, figure in (("connections", "2"), ("postpaid", "2"), ("prepaid", "1")):
        listed = meters_table(NOW).asked(asked(found[key])).narrow(Meter.objects.all())
        assert found[key].figure == str(listed.count()) == figure


@pytest.mark.parametrize(
    ("role", "keys"),
    [
        ("support", set()),
        ("cashier", {"received"}),
        ("meter_employee", METERS),
        ("finance", {*ALL_MONEY, "received", "bills"}),
        ("billing_specialist", {*ALL_MONEY, "bills", *METERS}),
        ("billing_manager", {*ALL_MONEY, "received", "bills", *METERS}),
        ("administrator", {*ALL_MONEY, *METERS}),
        ("auditor", {*ALL_MONEY, "received", "bills", *METERS}),
    ],
)
def test_each_role_sees_the_figures_whose_list_it_may_open(busy, role, keys):
    assert set(seen(make_staff(role))) == keys


@pytest.mark.parametrize("role", list(StaffRole))
def test_nothing_leads_to_a_page_that_the_table_refuses(busy, role):
    make_waiting()
    person = make_staff(role)
    found = [*seen(person).values(), *queues(person, real_now=NOW)]

    for each in found:
        route = resolve(urlsplit(each.address).path).route
        rows = permissions.load().of(route)
        assert any("GET" in row.methods and row.allows([role]) for row in rows), route


def make_waiting():
    SuspenseItem.objects.create(
        source_key="s1",
        amount_minor=100,
        currency="USD",
        method="cash",
        received_on=TODAY,
        why="unknown_account",
    )


def test_what_waits_has_its_count_and_its_age():
    make_waiting()
    came = SuspenseItem.objects.get().recorded_at

    [waiting] = queues(make_staff("cashier"), real_now=came + timedelta(days=4))

    assert (waiting.count, waiting.is_late, waiting.oldest) == (1, True, came)
    assert waiting.address == reverse("payments:suspense")


class TestPage:
    def get(self, client, *roles, **headers):
        client.force_login(make_staff(*(roles or ("finance",))))
        return client.get("/", headers=headers)

    def test_figures_are_links_with_their_meaning(self, client, busy):
        page = self.get(client).content.decode()

        assert reverse("reports:owing") in page and "Total outstanding" in page
        assert "What is this?" in page and "America/New_York" in page

    def test_the_part_comes_alone_and_keeps_no_session_alive(self, client, busy):
        client.force_login(make_staff("finance"))
        client.get("/")
        session = client.session
        session[lifetimes.SEEN_AT] = before = session[lifetimes.SEEN_AT] - 120
        session.save()

        answer = client.get("/", headers={"HX-Request": "true", "X-Refresh": "yes"})

        assert b"<html" not in answer.content and b"Total outstanding" in answer.content
        assert client.session[lifetimes.SEEN_AT] == before
        client.get("/")
        assert client.session[lifetimes.SEEN_AT] > before

    def test_the_list_of_payments_says_the_same_sum(self, client, busy):
        client.force_login(make_staff("finance"))
        address = seen(make_staff("finance"))["received"].address

        assert "$10.00" in client.get(address).content.decode().partition("less what was")[2][:80]

    def test_nothing_waiting_is_said(self, client):
        assert b"Nothing waits for you" in self.get(client, "cashier").content

    def test_own_acts_stand_there_and_nobody_elses(self, client):
        client.force_login(make_staff("support"))
        client.post(reverse("support:search"), {"q": "Lovelace"})

        assert b"Searched: Customers" in client.get("/").content
        client.force_login(make_staff("support"))
        assert b"Searched: Customers" not in client.get("/").content

    def test_a_new_utility_is_led_through_its_setting_up(self, client):
        page = self.get(client, "administrator").content.decode()
        assert "Set up your utility" in page
        make_bills(1)
        assert "Set up your utility" not in client.get("/").content.decode()
        assert "Set up your utility" not in self.get(client, "finance").content.decode()

    def test_more_customers_cost_no_more_queries(self, client):
        client.force_login(make_staff(*StaffRole))
        make_bills(1)
        client.get("/")
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as found:
                client.get("/")
            counts.append(len(found))
            make_bills(3, "2026-11", NOVEMBER, IN_DECEMBER)

        assert counts[0] == counts[1] <= 40


class TestWhoOwes:
    def test_it_shows_initials_and_both_sums(self, client, busy):
        client.force_login(make_staff("finance"))

        page = client.get(reverse("reports:owing")).content.decode()

        assert busy[0].account.number in page and busy[0].account.customer.name not in page
        assert "Outstanding after credit" in page

    @pytest.mark.parametrize("role", ["support", "cashier", "meter_employee"])
    def test_others_have_no_such_list(self, client, role):
        client.force_login(make_staff(role))

        assert client.get(reverse("reports:owing")).status_code == 404

    def test_one_account_is_found_by_its_number(self, client, busy):
        client.force_login(make_staff("auditor"))
        one, two = busy

        page = client.get(reverse("reports:owing"), {"q": one.account.number}).content.decode()

        assert one.account.number in page and two.account.number not in page

    def test_three_rows_cost_as_many_queries_as_one(self, client):
        client.force_login(make_staff("finance"))
        counts = []
        months = ((1, "2026-10", OCTOBER, IN_NOVEMBER), (2, "2026-11", NOVEMBER, IN_DECEMBER))
        for month in months:
            make_bills(*month)
            client.get(reverse("reports:owing"))
            with CaptureQueriesContext(connection) as found:
                client.get(reverse("reports:owing"))
            counts.append(len(found))

        assert counts[0] == counts[1]


class TestOverview:
    def get(self, client, role="administrator"):
        client.force_login(make_staff(role))
        return client.get(reverse("reports:manage"))

    def test_each_area_has_its_count(self, client, busy):
        page = self.get(client).content.decode()

        assert "Open accounts" in page and "They were not checked yet" in page

    def test_its_oldest_trouble_is_said(self, client):
        for n in range(2):
            JobRun.objects.create(
                name=f"job{n}", scheduled_for=NOW - timedelta(days=n), state=JobRun.State.FAILED
            )

        areas = {area.word: area for area in self.get(client, "auditor").context["areas"]}

        jobs = areas["Jobs of the timetable"]
        assert (jobs.trouble, jobs.since) == ("2 jobs failed last time", NOW - timedelta(days=1))
        assert not areas["Open accounts"].trouble

    @pytest.mark.parametrize("role", sorted(set(StaffRole) - {"administrator", "auditor"}))
    def test_it_is_for_administrators_and_auditors(self, client, role):
        assert self.get(client, role).status_code == 404

    def test_the_nightly_check_of_the_books_is_kept(self, client, monkeypatch):
        tasks.check_books()
        assert kept.last().violated == {}
        broken = [integrity.Result("J01", "Entries balance", (Finding("entry 1", "1", "0"),))]
        monkeypatch.setattr(integrity, "check", lambda *a, **k: broken)
        tasks.check_books()

        assert kept.last().violated == {"J01": 1}
        assert "Violated: J01" in self.get(client).content.decode()
