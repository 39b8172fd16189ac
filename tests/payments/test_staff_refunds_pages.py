"""Refunds at the desk: one person asks, another decides, and a double click does no harm."""

from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from ledger.operations import close_period
from payments.models import Chargeback, Payment, Refund
from payments.operations import receive, record_counter_payment
from tests.payments.desk import NOON, SEEING, answers, only, queries_of, set_clock
from tests.payments.paying import NOW, open_page, paid_state, stands
from tests.payments.returning import ask, found_money, paid
from tests.statements.factories import FLAT, make_bill, make_staff, make_world

pytestmark = pytest.mark.django_db
CARD = "4242 4242 4242 4242"


@pytest.fixture(autouse=True)
def world(settings, tmp_path):
    make_world()
    set_clock(settings, tmp_path)


@pytest.fixture
def statement():
    return make_bill(FLAT)  # 58.12


@pytest.fixture
def payment(statement, provider):
    return paid(statement, provider)


@pytest.fixture
def cashier(client):
    user = make_staff("cashier")
    client.force_login(user)
    return user


def pay_by_bank(statement, provider):
    """Pay a bill by bank debit, and let it settle."""
    attempt = open_page(statement, method="bank_debit")
    receive.apply_intent(provider.process(attempt.session_id), now=NOW, cause="test")
    attempt.refresh_from_db()
    settled = provider.succeed(attempt.intent_id)
    receive.apply_intent(settled, now=NOW, cause="test")
    return Payment.objects.get(attempt=attempt)


def ask_url(payment):
    return reverse("payments:refund_request", args=[payment.reference])


def url_of(refund, name="refund"):
    return reverse(f"payments:{name}", args=[refund.uid])


def typed(client, url, **changes):
    """Fill in the form of a fresh page."""
    token = client.get(url).context["form"]["token"].value()
    return {"token": token, "amount": "30.00", "reason": "Paid twice", **changes}


def said(page):
    """Return the words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.text))


def test_who_sees_asks_and_decides(client, payment):
    refund = ask(payment, make_staff("cashier"), 100)

    assert answers(client, reverse("payments:refunds")) == only(*SEEING)
    assert answers(client, url_of(refund)) == only(*SEEING)
    assert answers(client, ask_url(payment)) == only("cashier", "finance")


@pytest.mark.parametrize("name", ["refund_approve", "refund_reject"])
@pytest.mark.parametrize(
    "role", ["cashier", "auditor", "support", "administrator", "billing_specialist"]
)
def test_others_cannot_decide(client, payment, name, role):
    refund = ask(payment, make_staff("cashier"), 100)
    client.force_login(make_staff(role))

    assert client.post(url_of(refund, name), {"reason": "No"}).status_code == 404
    refund.refresh_from_db()
    assert refund.state == "requested"


def test_a_refund_is_asked_for_after_its_effect_was_shown(client, statement, payment, cashier):
    url = ask_url(payment)
    page = client.get(url)
    assert page.context["form"]["amount"].value() == "58.12"
    form = typed(client, url)

    asked = client.post(url, form)
    assert "What opens again" in asked.text and f"Bill {statement.number}" in asked.text
    assert not Refund.objects.exists()
    done = client.post(url, {**form, "confirmed": "1"}, follow=True)

    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.reason, refund.requested_by) == (
        3000,
        "Paid twice",
        cashier,
    )
    assert done.redirect_chain == [(url_of(refund), 302)]
    assert "another person must approve it" in done.text
    assert paid_state(statement) == "settled"


def test_the_same_form_twice_asks_once(client, payment, cashier):
    form = {**typed(client, ask_url(payment)), "confirmed": "1"}

    answers_ = {client.post(ask_url(payment), form).url for _ in range(3)}

    assert answers_ == {url_of(Refund.objects.get())}


def test_the_whole_payment_asked_for_twice_is_asked_once(client, payment, cashier):
    form = {**typed(client, ask_url(payment), amount="58.12"), "confirmed": "1"}

    first, again = (client.post(ask_url(payment), form) for _ in range(2))
    another = client.post(ask_url(payment), {**form, "token": str(uuid.uuid4())})

    assert first.url == again.url == url_of(Refund.objects.get())
    assert another.status_code == 422


@pytest.mark.parametrize("confirmed", [{}, {"confirmed": "1"}])
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"amount": "58.13"}, "That is more than is left of this payment."),
        ({"amount": "0"}, "greater than or equal to"),
        ({"amount": "-1"}, "greater than or equal to"),
        ({"amount": "1.005"}, "This currency has no such small coins."),
        ({"amount": "all"}, "Enter a number."),
        ({"amount": "NaN"}, "Enter a number."),
        ({"reason": "  "}, "This field is required."),
        ({"reason": f"Card {CARD}"}, "card number"),
        ({"token": "x"}, ""),
    ],
)
def test_wrong_input_is_answered_and_nothing_kept(
    client, payment, cashier, changes, words, confirmed
):
    form = typed(client, ask_url(payment), **changes)

    page = client.post(ask_url(payment), {**form, **confirmed})

    assert page.status_code == 422
    assert words in page.text
    assert not Refund.objects.exists()


def test_a_counter_payment_is_not_refunded_here(client, statement, cashier):
    payment = record_counter_payment(
        statement.account,
        amount_minor=100,
        reference="R-1",
        received_on=NOON.date(),
        actor=None,
    )

    page = client.get(ask_url(payment))

    assert "Reverse the payment instead." in page.text
    assert client.post(ask_url(payment), typed(client, ask_url(payment))).status_code == 422


def test_what_went_back_cannot_go_back_again(client, payment, cashier):
    ask(payment, make_staff("finance"), 5812)

    assert "Nothing of this payment is left to refund" in client.get(ask_url(payment)).text


def test_unknown_refunds_and_payments_are_not_found(client, cashier):
    unknown = "00000000-0000-4000-8000-000000000000"
    assert client.get(f"/desk/refunds/{unknown}/").status_code == 404
    assert client.get("/desk/payments/R-77/refund/").status_code == 404
    assert client.get("/desk/suspense/77/refund/").status_code == 404
    client.force_login(make_staff("finance"))
    assert client.post(f"/desk/refunds/{unknown}/approve/").status_code == 404


def test_another_person_approves(client, statement, payment):
    refund = ask(payment, make_staff("cashier"), 3000)
    client.force_login(make_staff("billing_manager"))
    assert "Approve the refund" in client.get(url_of(refund)).text

    page = client.post(url_of(refund, "refund_approve"), follow=True)

    refund.refresh_from_db()
    assert refund.state == "approved"
    assert stands(statement) == 3000
    assert "The refund is approved" in page.text and "Approve the refund" not in page.text


def test_nobody_approves_what_they_asked_for(client, payment):
    asker = make_staff("finance")
    refund = ask(payment, asker, 3000)
    client.force_login(asker)

    page = client.get(url_of(refund))
    approved = client.post(url_of(refund, "refund_approve"), follow=True)
    rejected = client.post(url_of(refund, "refund_reject"), {"reason": "No"}, follow=True)

    assert "another person must approve it" in page.text
    assert "Approve the refund" not in page.text
    assert "another person must approve it" in approved.text
    assert "another person must decide" in rejected.text
    refund.refresh_from_db()
    assert refund.state == "requested"


def test_a_refund_is_approved_once(client, statement, payment):
    refund = ask(payment, make_staff("cashier"), 3000)
    client.force_login(make_staff("finance"))

    client.post(url_of(refund, "refund_approve"))
    again = client.post(url_of(refund, "refund_approve"), follow=True)

    assert "Somebody decided on this refund already." in again.text
    assert stands(statement) == 3000


def test_a_refund_is_rejected_with_a_reason(client, statement, payment):
    refund = ask(payment, make_staff("cashier"), 3000)
    client.force_login(make_staff("finance"))
    url = url_of(refund, "refund_reject")

    for wrong in ("", " ", CARD):
        assert client.post(url, {"reason": wrong}).status_code == 422
    page = client.post(url, {"reason": "The bill was right"}, follow=True)

    refund.refresh_from_db()
    assert refund.state == "rejected"
    assert "Rejected: The bill was right" in said(page)
    assert paid_state(statement) == "settled"


def test_a_bank_debit_is_refunded_early_only_with_words(client, statement, provider):
    debit = pay_by_bank(statement, provider)
    refund = ask(debit, make_staff("cashier"), 100)
    client.force_login(make_staff("finance"))
    url = url_of(refund, "refund_approve")

    refused = client.post(url)
    with_card = client.post(url, {"override": f"Card {CARD}"})
    page = client.post(url, {"override": "The bank confirmed it is final"}, follow=True)

    assert refused.status_code == 422 and "Say why it cannot wait." in refused.text
    assert with_card.status_code == 422
    refund.refresh_from_db()
    assert refund.state == "approved"
    assert "The bank confirmed it is final" in page.text


def test_what_a_chargeback_took_is_not_refunded_too(client, payment):
    refund = ask(payment, make_staff("cashier"), 3000)
    Chargeback.objects.create(
        provider_id="dp_1",
        payment=payment,
        intent_id=payment.intent_id,
        amount_minor=5812,
        currency="USD",
        provider_status="needs_response",
        opened_at=NOON,
    )
    client.force_login(make_staff("finance"))

    page = client.post(url_of(refund, "refund_approve"), follow=True)

    assert "Less than that is left" in page.text
    refund.refresh_from_db()
    assert refund.state == "requested"


def test_closed_books_are_answered_calmly(client, payment):
    refund = ask(payment, make_staff("cashier"), 3000)
    close_period(NOON.date(), actor="finance")
    client.force_login(make_staff("finance"))

    page = client.post(url_of(refund, "refund_approve"), follow=True)

    assert "The books of today are closed" in page.text


def test_money_of_nobody_goes_back_the_same_way(client, provider, cashier):
    item = found_money(provider)
    url = reverse("payments:suspense_refund", args=[item.pk])
    form = typed(client, url, amount="40.00", confirmed="1")

    page = client.post(url, form, follow=True)

    refund = Refund.objects.get()
    assert (refund.suspense_item, refund.amount_minor) == (item, 4000)
    assert "Unidentified receipt" in page.text
    assert "Unidentified receipt" in client.get(reverse("payments:refunds")).text


def test_the_inbox_shows_what_waits_and_all_on_demand(client, payment):
    waits, done = ask(payment, make_staff("cashier"), 100), ask(payment, make_staff("cashier"), 200)
    client.force_login(make_staff("finance"))
    client.post(url_of(done, "refund_reject"), {"reason": "No"})

    inbox = client.get(reverse("payments:refunds"))
    everything = client.get(reverse("payments:refunds"), {"everything": "on"})

    assert [row.refund for row in inbox.context["rows"]] == [waits]
    assert [row.refund for row in everything.context["rows"]] == [done, waits]


def test_the_inbox_takes_as_many_queries_for_many_rows(client, payment, provider):
    ask(payment, make_staff("cashier"), 100)
    client.force_login(make_staff("finance"))
    one = queries_of(client, reverse("payments:refunds"))
    for _ in range(3):
        ask(paid(make_bill(FLAT), provider), make_staff("cashier"), 100)

    assert queries_of(client, reverse("payments:refunds")) == one


def test_a_forged_form_changes_nothing(payment):
    refund = ask(payment, make_staff("cashier"), 100)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_staff("finance"))

    assert strict.post(url_of(refund, "refund_approve")).status_code == 403
    assert strict.post(ask_url(payment), {"amount": "1", "reason": "x"}).status_code == 403
    refund.refresh_from_db()
    assert refund.state == "requested"
