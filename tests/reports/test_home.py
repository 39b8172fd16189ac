"""The customer's start: what is owed, by when, and whether anything is wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import operations
from accounts.models import AccountRole
from core import clock
from ledger.queries import balance
from meters.models import UsagePoint
from payments.operations import receive, record_counter_payment
from payments.queries import standing
from reports.start.money import money_of, recent_attempts
from reports.start.page import home_of
from reports.start.prices import plans_today
from tests.accounts.factories import make_account, make_user
from tests.payments.paying import open_page
from tests.payments.provider import provider
from tests.statements.factories import (
    FLAT,
    LONG_AGO,
    SLABS,
    TIME,
    ZONE,
    bill,
    estimate,
    make_bill,
    make_home,
    make_staff,
    make_world,
    read_steadily,
)
from tests.statements.test_pages import holder_of, words

__all__ = ["provider"]
pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 17, 15, tzinfo=UTC)  # nine days before the bill of October is due
Role = AccountRole.Role


@pytest.fixture(autouse=True)
def world(monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: NOW)
    make_world()


def at(monkeypatch, moment):
    monkeypatch.setattr("core.clock.now", lambda: moment)


def said(client, user):
    client.force_login(user)
    return words(client.get(reverse("home")).content.decode())


def money(account, now=NOW):
    return money_of(account, recent_attempts(account, now), today=now.astimezone(ZONE).date())


def cash(account, amount_minor, reference="R-1"):
    return record_counter_payment(
        account,
        amount_minor=amount_minor,
        reference=reference,
        received_on=date(2026, 11, 10),
        actor=None,
    )


def test_what_is_owed_until_when_and_one_button_that_names_the_amount(client):
    statement = make_bill(FLAT)  # 58.12, due on 26 November
    user = holder_of(statement)

    text = said(client, user)
    html = client.get(reverse("home")).content.decode()

    assert "You owe $58.12" in text
    assert "$58.12 is due on November 26, 2026 : in 9 days." in text
    assert html.count('class="button primary"') == 1
    assert f'primary" href="{reverse("payments:pay_bill", args=[statement.number])}"' in html
    assert "Pay $58.12" in text
    assert "Mill Lane, Dover" in text


@pytest.mark.parametrize("paid", [0, 100, 5812, 6000])
def test_the_balance_is_the_ledgers_to_the_cent(paid):
    statement = make_bill(FLAT)
    if paid:
        cash(statement.account, paid)

    found = money(statement.account)
    stands = standing(statement.account, today=date(2026, 11, 17))

    assert found.balance == balance(statement.account_id, "USD")
    assert found.owed_minor - found.credit_minor == 5812 - paid
    assert (found.overdue_minor, found.reserved_minor) == (stands.overdue, stands.reserved)
    assert found.payable_minor == stands.payable
    assert found.overdue_minor + found.due_minor == found.owed_minor


def test_what_is_overdue_is_said_with_its_days_and_can_be_paid_alone(client, monkeypatch):
    late = datetime(2026, 12, 6, 15, tzinfo=UTC)  # ten days after
    service = make_home(FLAT)
    for month, day in (("2026-10", 5), ("2026-11", 5)):
        year, number = (int(part) for part in month.split("-"))
        read_steadily(service.channel, month_of(year, number))
        bill(service, month, as_of=datetime(2026, number + 1, day, 12, tzinfo=UTC))
    at(monkeypatch, late)

    text = said(client, holder_of(service.agreement.account))

    assert "You owe $114.74" in text  # 58.12 and 56.62
    assert "▲ Overdue $58.12 was due on November 26, 2026 , 10 days ago." in text
    assert "$56.62 is due on December 26, 2026 : in 20 days." in text
    assert "Pay $114.74 Pay only what is overdue" in text


def month_of(year, month):
    from core.periods import local_month

    return local_month(year, month, ZONE)


def test_credit_is_named_and_nothing_asks_for_money(client):
    statement = make_bill(FLAT)
    cash(statement.account, 6000)

    text = said(client, holder_of(statement))

    assert "You are in credit $1.88" in text
    assert "Your next bill is paid from it first." in text
    assert "Pay in advance" in text and "You owe" not in text


def test_a_payment_under_way_is_told_and_not_asked_for_again(client, provider):
    statement = make_bill(FLAT)
    attempt = open_page(statement, 2000, method="bank_debit")
    receive.apply_intent(provider.process(attempt.session_id), now=NOW, cause="test")

    text = said(client, holder_of(statement))

    assert "◷ On its way A payment of $20.00 is under way." in text
    assert "You owe $58.12" in text and "Pay $38.12" in text


def test_a_failed_payment_says_why_and_where_to_look(client, provider):
    statement = make_bill(FLAT)
    attempt = open_page(statement, method="bank_debit")
    intent = provider.process(attempt.session_id)
    receive.apply_intent(intent, now=NOW, cause="test")
    receive.apply_intent(provider.fail(intent), now=NOW, cause="test")

    text = said(client, holder_of(statement))
    later = money(statement.account, now=NOW + timedelta(days=60))

    assert "Your payment of $58.12 failed, and nothing was charged." in text
    assert "There was not enough money on the account." in text
    assert later.failed is None


def test_a_payment_that_was_begun_can_be_finished(client, provider):
    statement = make_bill(FLAT)
    attempt = open_page(statement)

    text = said(client, holder_of(statement))
    html = client.get(reverse("home")).content.decode()

    assert "You began to pay $58.12 and have not finished." in text
    assert reverse("payments:result", args=[attempt.reference]) in html
    assert "button primary" not in html


def test_an_estimated_bill_and_a_service_that_is_off_are_told(client):
    service = make_home(FLAT)
    october = month_of(2026, 10)
    estimate(service.channel, october.starts_at, 24)
    rest = type(october)(october.starts_at + timedelta(days=1), october.ends_at)
    read_steadily(service.channel, rest)
    read_steadily_ends(service.channel, october)
    bill(service)
    UsagePoint.objects.update(connection_state=UsagePoint.ConnectionState.DISCONNECTED)

    text = said(client, holder_of(service.agreement.account))

    assert "Your latest bill is partly estimated" in text
    assert "A service of yours is switched off. What you can do" in text


def read_steadily_ends(channel, period):
    """Let the register be read where the period begins, too."""
    from meters.models import RegisterRead

    RegisterRead.objects.get_or_create(
        channel=channel,
        read_at=period.starts_at,
        defaults={"value_base": 1_238_000, "reason": "period_end"},
    )


def test_a_new_customer_reads_what_comes_next(client):
    service = make_home(FLAT)

    text = said(client, holder_of(service.agreement.account))

    assert "Your account is new" in text
    assert "Nothing to pay $0.00" in text
    assert "Your last bills" not in text and "Pay in advance" not in text


def test_without_an_account_the_way_to_claim_one_is_the_only_act(client):
    text = said(client, make_user())

    assert "No account belongs to your login yet." in text
    assert "Claim your account" in text and "You owe" not in text


def test_staff_without_a_role_are_told_to_wait(client):
    text = said(client, make_staff())

    assert "You have no role here yet." in text


def test_who_may_only_see_gets_no_button(client):
    statement = make_bill(FLAT)

    text = said(client, holder_of(statement, Role.READ_ONLY))

    assert "You owe $58.12" in text
    assert "Pay $58.12" not in text
    assert "Leave this account" in text and "Who sees it" not in text


def test_of_several_accounts_the_chosen_one_is_shown_alone(client):
    first, second = make_bill(FLAT), make_bill(SLABS)
    user = holder_of(first)
    operations.grant_role(user, second.account, Role.HOLDER, starts_at=LONG_AGO)
    client.force_login(user)
    before = words(client.get(reverse("home")).content.decode())

    client.post(reverse("reports:choose_property"), {"number": second.account.number})
    after = words(client.get(reverse("home")).content.decode())

    assert "You owe $58.12" in before and second.number not in before
    assert second.number in after and first.number not in after


def test_the_last_three_bills_stand_newest_first():
    service = make_home(FLAT)
    account = service.agreement.account
    for number in (7, 8, 9, 10):
        read_steadily(service.channel, month_of(2026, number))
        bill(service, f"2026-{number:02d}", as_of=datetime(2026, number + 1, 5, 12, tzinfo=UTC))

    home = home_of(holder_of(account), account, now=NOW, today=NOW.date())

    assert [row.first_day.month for row in home.bills] == [10, 9, 8]
    assert home.newest_unpaid is None  # four bills are open


@pytest.mark.parametrize("bills", [1, 3])
def test_the_page_takes_five_queries_beside_the_session_and_its_user(client, bills):
    service = make_home(FLAT)
    account = service.agreement.account
    for number in list(range(8, 11))[-bills:]:
        read_steadily(service.channel, month_of(2026, number))
        bill(service, f"2026-{number:02d}", as_of=datetime(2026, number + 1, 5, 12, tzinfo=UTC))
    user = holder_of(account)
    client.force_login(user)
    client.get(reverse("home"))

    with CaptureQueriesContext(connection) as page:
        client.get(reverse("home"))

    assert len(page.captured_queries) == 2 + 5


# --- the plan and today's price


def test_the_bands_of_today_follow_each_other_and_one_is_now():
    account = make_home(TIME).agreement.account

    [plan] = plans_today(account, now=NOW)  # a Tuesday, ten in the morning

    told = [
        (each.starts_at.astimezone(ZONE).hour, each.band, each.price) for each in plan.stretches
    ]
    assert told == [
        (0, "off-peak", "$0.09 per kWh"),
        (16, "peak", "$0.28 per kWh"),
        (21, "off-peak", "$0.09 per kWh"),
    ]
    assert plan.now == plan.stretches[0]
    assert (plan.service, plan.plan) == ("Electricity", "Home time of use")


def test_a_price_that_depends_on_the_use_is_told_from_least_to_most(client):
    account = make_home(SLABS).agreement.account
    client.force_login(holder_of(account))

    page = client.get(reverse("reports:home_prices", args=[account.number]))

    assert "$0.05 to $0.12 per kWh, by how much you use" in words(page.content.decode())


def test_the_day_of_a_clock_change_has_its_bands_by_the_wall(monkeypatch):
    account = make_home(TIME).agreement.account
    moment = datetime(2026, 11, 1, 20, tzinfo=UTC)  # a Sunday of 25 hours

    [plan] = plans_today(account, now=moment)

    [only] = plan.stretches
    assert (only.ends_at - only.starts_at) == timedelta(hours=25)
    assert only.is_now and only.band == "off-peak"


# --- whose it is


@pytest.mark.parametrize(
    "name", ["reports:home_usage", "reports:home_prices", "reports:service", "reports:year"]
)
def test_pages_of_a_foreign_account_do_not_exist(client, name):
    foreign, user = make_account("Foreign Person"), make_user()
    args = [foreign.number, 2026] if name.endswith("year") else [foreign.number]
    url = reverse(name, args=args)

    assert client.get(url).status_code == 302
    client.force_login(user)
    assert client.get(url).status_code == 404
    assert client.post(url).status_code in (404, 405)


def test_parts_come_alone_to_htmx_and_whole_without_it(client):
    account = make_home(FLAT).agreement.account
    client.force_login(holder_of(account))
    url = reverse("reports:home_usage", args=[account.number])

    whole = client.get(url)
    part = client.get(url, headers={"HX-Request": "true"})

    assert b"<html" in whole.content and b"<html" not in part.content
    assert part.content.strip().startswith(b'<div id="home-usage">')
    assert "no-store" in part.headers["Cache-Control"]
    assert clock.now() == NOW
