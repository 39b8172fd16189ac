"""All properties of a person: where, what is owed, and their own words for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from accounts import operations
from accounts.models import AccountRole, PropertyName
from meters.models import UsagePoint
from reports.properties import properties_of
from tests.accounts.factories import make_account, make_user, make_utility
from tests.statements.factories import FLAT, LONG_AGO, make_bill, make_world
from tests.statements.test_pages import holder_of, words

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 15, tzinfo=UTC)
Role = AccountRole.Role


@pytest.fixture(autouse=True)
def at(monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: NOW)


def give(user, account, role=Role.HOLDER, **dates):
    operations.grant_role(user, account, role, starts_at=LONG_AGO, **dates)


def test_a_property_says_where_it_is_what_is_owed_and_until_when():
    make_world()
    statement = make_bill(FLAT)  # 58.12
    user = holder_of(statement)

    [one] = properties_of(user, now=NOW).rows

    assert one.account == statement.account
    assert one.services == ["Electricity"]
    assert len(one.addresses) == 1
    assert one.balance.balance == 5812
    assert one.next_due.statement == statement
    assert [alert.words for alert in one.alerts] == []


def test_what_is_overdue_disconnected_or_lent_for_a_time_is_said():
    make_world()
    statement = make_bill(FLAT)
    user = make_user()
    late = NOW + timedelta(days=60)
    give(user, statement.account, Role.PAYER, ends_at=late + timedelta(days=1))
    UsagePoint.objects.update(connection_state=UsagePoint.ConnectionState.DISCONNECTED)

    [one] = properties_of(user, now=late).rows

    [overdue, disconnected, until] = [alert.words for alert in one.alerts]
    assert (overdue, disconnected) == ("Overdue", "Disconnected")
    assert until.startswith("You see it until")


def test_totals_stand_by_currency_and_credit_hides_no_debt():
    make_world()
    first, second = make_bill(FLAT), make_account(currency="EUR")
    user = holder_of(first)
    give(user, second)

    totals = properties_of(user, now=NOW).totals

    told = [(total.currency, total.owed_minor, total.credit_minor) for total in totals]
    assert told == [("EUR", 0, 0), ("USD", 5812, 0)]


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_takes_a_constant_number_of_queries(client, number, django_assert_max_num_queries):
    make_world()
    user = make_user()
    for _ in range(number):
        give(user, make_bill(FLAT).account)
    client.force_login(user)
    client.get(reverse("reports:properties"))

    with django_assert_max_num_queries(14):
        page = client.get(reverse("reports:properties"))

    assert page.content.decode().count("$58.12") >= number


def test_one_property_is_plain_text_and_several_are_a_choice(client):
    make_utility()
    user = make_user()
    first = make_account()
    give(user, first)
    client.force_login(user)
    alone = client.get(reverse("home")).content.decode().split("<main")[0]

    second = make_account()
    give(user, second)
    several = client.get(reverse("home")).content.decode().split("<main")[0]

    choose = reverse("reports:choose_property")
    assert first.number in alone and choose not in alone
    assert choose in several and reverse("reports:properties") in several
    assert f'value="{first.number}" selected' in several and second.number in several


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/accounts/{old}/service/", "/accounts/{new}/service/"),
        ("/accounts/{old}/years/2026/", "/accounts/{new}/years/2026/"),
        ("/accounts/{old}/payments/?status=paid", "/accounts/{new}/payments/"),
        ("/accounts/{old}/pay/", "/"),
        ("/properties/", "/properties/"),
        ("/bills/B-2026-000001/", "/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/nowhere/", "/"),
        ("", "/"),
    ],
)
def test_another_property_is_shown_on_the_same_page_where_it_is_about_one(client, asked, led):
    make_utility()
    user, old, new = make_user(), make_account(), make_account()
    for account in (old, new):
        give(user, account)
    client.force_login(user)
    numbers = {"old": old.number, "new": new.number}

    answer = client.post(
        reverse("reports:choose_property"),
        {"number": new.number, "next": asked.format(**numbers)},
    )

    assert answer.status_code == 302
    assert answer["Location"] == led.format(**numbers)
    header = client.get("/").content.decode().split("<main")[0]
    assert f'value="{new.number}" selected' in header


def test_a_foreign_property_cannot_be_chosen(client):
    make_utility()
    foreign, user = make_account("Foreign Person"), make_user()
    client.force_login(user)

    url = reverse("reports:choose_property")

    assert client.post(url, {"number": foreign.number}).status_code == 404
    assert client.post(url)["Location"] == reverse("reports:properties")
    assert client.get(url).status_code == 405
    assert foreign.number not in client.get("/").content.decode()


def test_of_very_many_properties_only_the_shown_one_stands_in_the_header(client):
    make_utility()
    user = make_user()
    accounts = [make_account() for _ in range(13)]
    for account in accounts:
        give(user, account)
    client.force_login(user)

    header = client.get(reverse("home")).content.decode().split("<main")[0]

    shown = [account.number for account in accounts if account.number in header]
    assert shown == [min(account.number for account in accounts)]


def test_a_name_is_ones_own_and_can_be_taken_back(client):
    make_utility()
    account, user, other = make_account(), make_user(), make_user()
    for person in (user, other):
        give(person, account)
    url = reverse("property_name", args=[account.number])
    client.force_login(user)

    client.post(url, {"name": "Mum's flat"})
    mine = words(client.get(reverse("reports:properties")).content.decode())
    client.force_login(other)
    theirs = words(client.get(reverse("reports:properties")).content.decode())
    client.force_login(user)
    client.post(url, {"name": ""})

    assert "Mum&#x27;s flat" in mine and "Mum" not in theirs
    assert not PropertyName.objects.exists()


@pytest.mark.parametrize("name", ["x" * 61, "4111 1111 1111 1111", "a\0b"])
def test_a_wrong_name_is_refused_at_its_field(client, name):
    make_utility()
    account, user = make_account(), make_user()
    give(user, account)
    client.force_login(user)

    answer = client.post(reverse("property_name", args=[account.number]), {"name": name})

    assert answer.status_code == 422
    assert "What you call it:" in words(answer.content.decode())


def test_foreign_properties_have_no_name_page_and_do_not_show(client):
    make_utility()
    foreign, user = make_account("Foreign Person"), make_user()
    client.force_login(user)

    page = client.get(reverse("reports:properties"))
    answer = client.get(reverse("property_name", args=[foreign.number]))

    assert answer.status_code == 404
    assert foreign.number not in page.content.decode()
    assert "no property yet" in page.content.decode()
