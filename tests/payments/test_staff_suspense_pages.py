"""Money of nobody known is given to the account that was shown first, once."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from ledger.operations import close_period
from payments.models import Payment, PaymentCase
from tests.accounts.factories import make_account
from tests.payments.desk import NOON, SEEING, answers, only, queries_of, set_clock
from tests.payments.paying import paid_state, stands
from tests.payments.returning import ask, found_money
from tests.statements.factories import FLAT, make_bill, make_staff, make_world

pytestmark = pytest.mark.django_db
LIST = "/desk/suspense/"


@pytest.fixture(autouse=True)
def world(settings, tmp_path):
    make_world()
    set_clock(settings, tmp_path)


@pytest.fixture
def statement():
    return make_bill(FLAT)  # 58.12


@pytest.fixture
def item(provider):
    return found_money(provider)  # 40.00


@pytest.fixture
def cashier(client):
    user = make_staff("cashier")
    client.force_login(user)
    return user


def url_of(item):
    return reverse("payments:suspense_item", args=[item.pk])


def test_who_sees_what_waits(client, item):
    assert answers(client, LIST) == only(*SEEING)
    assert answers(client, url_of(item)) == only(*SEEING)


@pytest.mark.parametrize("role", ["auditor", "billing_manager", "support", "administrator"])
def test_others_give_nothing_away(client, item, statement, role):
    client.force_login(make_staff(role))

    form = {"number": statement.account.number, "confirmed": "1"}
    assert client.post(url_of(item), form).status_code == 404
    assert not Payment.objects.exists()


def test_the_account_is_shown_before_it_gets_the_money(client, item, statement, cashier):
    form = {"number": statement.account.number}

    shown = client.post(url_of(item), form)
    assert "A. L." in shown.text and "Ada Lovelace" not in shown.text
    assert f"Bill {statement.number}" in shown.text
    assert [debt.amount_minor for debt in shown.context["receiver"].open_items] == [5812]
    assert not Payment.objects.exists()
    done = client.post(url_of(item), {**form, "confirmed": "1"}, follow=True)

    payment = Payment.objects.get()
    assert done.redirect_chain == [
        (reverse("payments:desk_payment", args=[payment.reference]), 302)
    ]
    assert (stands(statement), paid_state(statement)) == (1812, "part_paid")
    assert not PaymentCase.objects.filter(state="open").exists()
    view = done.context["view"]
    assert [(i.words, i.amount_minor) for i in view.paid.items] == [
        (f"Bill {statement.number}", 4000)
    ]
    assert [entry.source_key for entry in view.entries][-1] == f"susp:{item.pk}"


def test_money_is_given_once(client, item, statement, cashier):
    form = {"number": statement.account.number, "confirmed": "1"}

    client.post(url_of(item), form)
    again = client.post(url_of(item), form)

    assert again.status_code == 422
    assert "Somebody gave this money to an account already." in again.text
    assert stands(statement) == 1812


@pytest.mark.parametrize("confirmed", [{}, {"confirmed": "1"}])
@pytest.mark.parametrize("number", ["", "0000000000", "1" * 30, "x\0y", "' OR 1=1 --"])
def test_a_wrong_number_is_answered_at_its_field(client, item, cashier, number, confirmed):
    page = client.post(url_of(item), {"number": number, **confirmed})

    assert page.status_code == 422
    assert "number" in page.context["form"].errors
    assert not Payment.objects.exists()


@pytest.mark.parametrize("confirmed", [{}, {"confirmed": "1"}])
def test_money_is_never_converted(client, item, cashier, confirmed):
    account = make_account(currency="EUR")

    page = client.post(url_of(item), {"number": account.number, **confirmed})

    assert page.status_code == 422
    assert "money is never converted" in page.text
    assert not Payment.objects.exists()


def test_money_on_its_way_back_is_not_given_away(client, item, statement, cashier):
    ask(item, make_staff("finance"), 100)

    page = client.post(url_of(item), {"number": statement.account.number, "confirmed": "1"})

    assert page.status_code == 422
    assert "refund the rest instead" in page.text


def test_closed_books_are_answered_calmly(client, item, statement, cashier):
    close_period(NOON.date(), actor="finance")

    page = client.post(url_of(item), {"number": statement.account.number, "confirmed": "1"})

    assert page.status_code == 422
    assert "The books of today are closed" in page.text


def test_the_list_shows_age_and_what_is_done_on_demand(
    client, item, provider, statement, cashier, settings, tmp_path
):
    client.post(url_of(item), {"number": statement.account.number, "confirmed": "1"})
    waits = found_money(provider, 700)
    set_clock(settings, tmp_path, NOON.replace(day=22))

    page, all_ = client.get(LIST), client.get(LIST, {"everything": "on"})

    assert [(row.item, row.days) for row in page.context["rows"]] == [(waits, 12)]
    assert [row.item for row in all_.context["rows"]] == [waits, item]
    assert "It names no account of ours." in page.text


def test_the_list_takes_as_many_queries_for_many_rows(client, item, provider, cashier):
    one = queries_of(client, LIST)
    for _ in range(3):
        found_money(provider)

    assert queries_of(client, LIST) == one


def test_what_does_not_exist_is_not_found(client, cashier):
    assert client.get("/desk/suspense/77/").status_code == 404
    assert client.post("/desk/suspense/77/", {"number": "1"}).status_code == 404


def test_a_forged_form_changes_nothing(item, statement):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_staff("cashier"))
    form = {"number": statement.account.number, "confirmed": "1"}

    assert strict.post(url_of(item), form).status_code == 403
    assert not Payment.objects.exists()
