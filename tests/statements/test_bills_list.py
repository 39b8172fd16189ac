"""The list of bills: narrowed, summed, linked, as cards and as a file."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from accounts.models import AccountRole
from payments.operations import record_counter_payment
from statements.operations.cancel import cancel
from tests.accounts.factories import make_account, make_user
from tests.statements.factories import (
    FLAT,
    IN_DECEMBER,
    IN_NOVEMBER,
    LONG_AGO,
    NOVEMBER,
    OCTOBER,
    WATER,
    bill,
    make_bill,
    make_home,
    make_service,
    make_world,
    read_steadily,
)
from tests.statements.test_pages import holder_of, words

pytestmark = pytest.mark.django_db
LIST = "/bills/"


@pytest.fixture(autouse=True)
def world(monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: datetime(2026, 12, 10, 15, tzinfo=UTC))
    make_world()


def two_months(**options):
    """Return October's and November's bill of a home; October is overdue."""
    service = make_home(FLAT, **options)
    read_steadily(service.channel, OCTOBER)
    first = bill(service)
    read_steadily(service.channel, NOVEMBER)
    return first, bill(service, "2026-11", as_of=IN_DECEMBER)


def said(client, **query):
    return words(client.get(LIST, query).content.decode())


def pay(statement, minor):
    return record_counter_payment(
        statement.account,
        amount_minor=minor,
        reference=f"R-{minor}",
        received_on=IN_NOVEMBER.date(),
        actor=None,
    )


def test_a_row_says_what_was_used_asked_paid_and_left(client):
    first, _second = two_months()
    pay(first, 2000)
    client.force_login(holder_of(first))

    text = said(client)

    row = f"{first.number} Nov 5, 2026 Oct 1 – 31, 2026 372 kWh $58.12 $20.00 $38.12 Nov 26, 2026"
    assert row in text.replace("\u2009", " ")
    assert f"▲ Overdue View {first.number} PDF {first.number} Pay {first.number}" in text


def test_the_total_is_that_of_the_bills_shown(client):
    first, second = two_months()
    pay(first, first.total_minor)
    client.force_login(holder_of(first))
    both = (first.total_minor + second.total_minor) / 100

    assert f"Total of 2 bills ${both} $58.12 ${second.total_minor / 100}" in said(client)
    assert "Total of 1 bill $58.12 $58.12 $0.00" in said(client, status="paid")


@pytest.mark.parametrize(
    ("status", "shown"),
    [("open", (True, True)), ("overdue", (True, False)), ("paid", (False, False))],
)
def test_a_status_narrows_the_list(client, status, shown):
    first, second = two_months()
    client.force_login(holder_of(first))

    text = said(client, status=status)

    assert (first.number in text, second.number in text) == shown
    assert "Status: " in text and "remove this filter" in text
    assert shown != (False, False) or "No bill is like that. Show all bills" in text


def test_year_and_account_narrow_the_list_and_nonsense_does_not(client):
    first, _ = two_months()
    user = holder_of(first)
    service = make_home(FLAT)
    read_steadily(service.channel, OCTOBER)
    other = bill(service)
    holder = AccountRole.objects.get(user=user, account=first.account)
    AccountRole.objects.create(
        user=user, account=other.account, role=holder.role, starts_at=LONG_AGO
    )
    client.force_login(user)

    one = said(client, account=other.account.number)
    every = said(client, year="2026", page="x")

    assert other.number in one and first.number not in one
    assert other.number in every and first.number in every
    for nonsense in ({"year": "1999"}, {"account": "x' OR 1=1"}, {"status": "\0"}):
        assert first.number in said(client, **nonsense)


def test_cancelled_and_corrected_bills_stay_and_name_each_other(client):
    service = make_home(FLAT)
    read_steadily(service.channel, OCTOBER)
    old = bill(service)
    cancel(old, reason="Wrong meter", actor=None, cancelled_at=IN_NOVEMBER)
    new = bill(service, as_of=IN_DECEMBER)
    client.force_login(holder_of(old))

    text = said(client)

    assert f"Cancelled replaced by {new.number}" in text
    assert f"replaces {old.number}" in text
    assert "Total of 1 bill without those that are cancelled or corrected $58.12" in text
    assert old.number in said(client, status="cancelled")


def test_services_of_a_bill_stand_with_their_own_units(client):
    electric = make_home(FLAT)
    water = make_service(electric.agreement.account, WATER)
    read_steadily(electric.channel, OCTOBER)
    read_steadily(water.channel, OCTOBER, 17)
    statement = bill(electric)
    client.force_login(holder_of(statement))

    assert "372 kWh 12.648 m³" in said(client)


def test_who_may_only_see_is_not_asked_to_pay(client):
    first, _ = two_months()
    client.force_login(holder_of(first, AccountRole.Role.READ_ONLY))

    text = said(client)

    assert first.number in text and f"Pay {first.number}" not in text


def test_the_file_holds_the_bills_that_were_asked_for(client):
    first, second = two_months()
    client.force_login(holder_of(first))

    answer = client.get(reverse("statements:sheet"), {"status": "overdue"})
    head, *rows = csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))

    [row] = [dict(zip(head, row, strict=True)) for row in rows]
    assert (row["Bill"], row["Electricity (kWh)"], row["Amount"]) == (first.number, "372", "58.12")
    assert (row["Outstanding"], row["Due"], row["Status"]) == ("58.12", "2026-11-26", "Overdue")
    assert answer["Cache-Control"] == "private, no-store"
    assert second.number not in answer.getvalue().decode()


def test_htmx_gets_the_part_and_is_told_how_many(client):
    first, _ = two_months()
    client.force_login(holder_of(first))

    part = client.get(LIST, {"status": "open"}, headers={"HX-Request": "true"})

    assert "<html" not in part.content.decode() and first.number in part.content.decode()
    assert "2 bills found" in part.headers["HX-Trigger"]


def test_other_peoples_bills_are_not_listed(client):
    foreign = make_bill(FLAT)
    client.force_login(holder_of(make_account()))

    text = client.get(LIST, {"account": foreign.account.number}).content.decode()
    sheet = client.get(reverse("statements:sheet")).getvalue().decode()

    assert foreign.number not in text + sheet
    for name in ("lines", "json"):
        assert client.get(reverse(f"statements:{name}", args=[foreign.number])).status_code == 404


def test_a_new_customer_reads_when_the_first_bill_comes(client):
    service = make_home(FLAT, starts_at=datetime(2026, 12, 3, 5, tzinfo=UTC))
    user = make_user()
    AccountRole.objects.create(
        user=user, account=service.agreement.account, role="holder", starts_at=LONG_AGO
    )
    client.force_login(user)

    text = said(client)

    assert "No bill yet. Your first bill comes around January 2, 2027 ." in text
    assert "It will be due around January 23, 2027 ." in text


@pytest.mark.parametrize("bills", [1, 3])
def test_list_and_file_take_a_constant_number_of_queries(
    client, bills, django_assert_max_num_queries
):
    user = make_user()
    for _ in range(bills):
        AccountRole.objects.create(
            user=user, account=make_bill(FLAT).account, role="holder", starts_at=LONG_AGO
        )
    client.force_login(user)
    client.get(LIST)

    with django_assert_max_num_queries(10):  # session and user, and three of the frame
        assert said(client).count("$58.12") >= bills
    with django_assert_max_num_queries(6):
        client.get(reverse("statements:sheet")).getvalue()
