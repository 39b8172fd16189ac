"""Cases are found by kind and age, say what to do, and are closed with a note, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from payments.desk.cases import what_to_do
from payments.models import PaymentCase
from payments.operations.cases import open_case
from tests.payments.desk import NOON, SEEING, answers, only, queries_of, set_clock
from tests.payments.returning import found_money, paid
from tests.statements.factories import FLAT, make_bill, make_staff, make_world

pytestmark = pytest.mark.django_db
LIST = "/desk/cases/"
CARD = "4242 4242 4242 4242"


@pytest.fixture(autouse=True)
def world(settings, tmp_path):
    make_world()
    set_clock(settings, tmp_path)


def make_case(kind="stuck", key="A-1", days=0, **fields):
    values = {"about": key, "now": NOON - timedelta(days=days), **fields}
    return open_case(kind, key, **values)


def url_of(case):
    return reverse("payments:case", args=[case.pk])


@pytest.fixture
def cashier(client):
    user = make_staff("cashier")
    client.force_login(user)
    return user


def test_who_sees_cases(client):
    case = make_case()

    assert answers(client, LIST) == only(*SEEING)
    assert answers(client, url_of(case)) == only(*SEEING)


@pytest.mark.parametrize("role", ["auditor", "billing_manager", "support", "administrator"])
def test_others_close_none(client, role):
    case = make_case()
    client.force_login(make_staff(role))

    assert client.post(url_of(case), {"note": "Done"}).status_code == 404
    case.refresh_from_db()
    assert case.state == "open"


def test_open_cases_are_listed_by_kind_and_age(client, cashier):
    old, new = make_case(days=9), make_case("payout_failed", "po_1")

    page, stuck = client.get(LIST), client.get(LIST, {"kind": "stuck"})

    assert [(row.case, row.days, row.is_aged) for row in page.context["rows"]] == [
        (new, 0, False),
        (old, 9, True),
    ]
    assert [row.case for row in stuck.context["rows"]] == [old]
    assert client.get(LIST, {"kind": "other"}).status_code == 422


@pytest.mark.parametrize("kind", PaymentCase.Kind.values)
def test_every_kind_says_what_to_do(client, cashier, kind):
    case = make_case(kind)

    assert len(what_to_do(kind)) > 40
    assert client.get(url_of(case)).status_code == 200


def test_a_case_shows_its_facts_in_words(client, cashier):
    detail = {"asked_minor": 5812, "received_minor": 4000, "currency": "USD", "odd": ["a", 1]}
    case = make_case("amount_mismatch", detail=detail)

    page = client.get(url_of(case))

    shown = {fact.name: fact.value for fact in page.context["facts"]}
    assert shown == {"Asked for": "$58.12", "Received": "$40.00", "odd": "a, 1"}


def test_a_case_leads_to_what_it_is_about(client, cashier, provider):
    payment = paid(make_bill(FLAT), provider)
    item = found_money(provider)
    mismatch = make_case("amount_mismatch", payment.attempt.reference)
    unknown = PaymentCase.objects.get(kind="unknown_payer")

    assert [address for address, _ in client.get(url_of(mismatch)).context["links"]] == [
        reverse("payments:attempt", args=[payment.attempt.reference]),
        reverse("payments:desk_payment", args=[payment.reference]),
    ]
    assert [address for address, _ in client.get(url_of(unknown)).context["links"]] == [
        reverse("payments:suspense_item", args=[item.pk])
    ]


def test_a_case_is_closed_with_a_note_once(client, cashier):
    case = make_case()

    page = client.post(url_of(case), {"note": "Called the bank"}, follow=True)
    again = client.post(url_of(case), {"note": "Me too"}, follow=True)

    case.refresh_from_db()
    assert (case.state, case.note, case.closed_by) == ("closed", "Called the bank", cashier.email)
    assert "The case is closed." in page.text and "Called the bank" in page.text
    assert "Somebody closed this case already." in again.text
    assert client.get(LIST).context["rows"] == []
    assert len(client.get(LIST, {"everything": "on"}).context["rows"]) == 1


@pytest.mark.parametrize("note", ["", "   ", "x" * 501, f"Card {CARD}", "a\0b"])
def test_a_wrong_note_is_answered_at_its_field(client, cashier, note):
    case = make_case()

    page = client.post(url_of(case), {"note": note})

    assert page.status_code == 422
    assert "note" in page.context["form"].errors
    case.refresh_from_db()
    assert case.state == "open"


def test_the_list_takes_as_many_queries_for_many_rows(client, cashier):
    account = make_bill(FLAT).account
    make_case(account=account)
    one = queries_of(client, LIST)
    for number in range(3):
        make_case(key=f"B-{number}", account=account)

    assert queries_of(client, LIST) == one


def test_what_does_not_exist_is_not_found(client, cashier):
    assert client.get("/desk/cases/77/").status_code == 404
    assert client.post("/desk/cases/77/", {"note": "x"}).status_code == 404


def test_a_forged_form_closes_nothing():
    case = make_case()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_staff("cashier"))

    assert strict.post(url_of(case), {"note": "Done"}).status_code == 403
