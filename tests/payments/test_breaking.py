"""What a hostile reviewer tried: closed books, garbage from the provider, what blocks a bill."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine

from core import clock
from ledger.models import JournalEntry
from ledger.operations import PeriodClosed, close_period
from payments.gateway import ChargeView
from payments.models import (
    BalanceTransaction,
    Payment,
    PaymentAttempt,
    PaymentCase,
    ProviderEvent,
    SuspenseItem,
)
from payments.operations import (
    chargebacks,
    inbox,
    janitor,
    payouts,
    receive,
    record_counter_payment,
    refunds,
    suspense,
    withdraw,
)
from payments.operations.submit import submit
from payments.outcomes import Applied
from payments.providers.stripe import parse, webhook
from tests.payments.paying import NOW, begin, open_page, stands
from tests.payments.returning import ask, findings, found_money, intent_of_nobody, paid
from tests.payments.webhooks import body
from tests.statements.factories import FLAT, make_bill, make_staff, make_world

pytestmark = pytest.mark.django_db
TODAY, TOMORROW = date(2026, 11, 10), date(2026, 11, 11)


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.fixture
def statement():
    return make_bill(FLAT)  # 58.12


@pytest.fixture
def closed(statement):
    """The books of today, and of a few days that are still to come, are closed."""
    close_period(TODAY, actor="auditor")


def dated(source_key):
    return JournalEntry.objects.get(source_key=source_key).effective_date


# --- closed books


def test_money_that_comes_after_the_close_is_booked_on_the_first_open_day(
    statement, provider, closed
):
    payment = paid(statement, provider)

    assert (payment.received_on, stands(statement)) == (TODAY, 0)
    assert dated(f"pi:{payment.intent_id}:ok") == TOMORROW
    [fee] = BalanceTransaction.objects.all()
    assert dated(f"bt:{fee.provider_id}:fee") == TOMORROW
    assert findings() == {}


def test_money_of_nobody_after_the_close_is_booked_on_the_first_open_day(
    statement, provider, closed
):
    item = found_money(provider)

    assert (item.received_on, dated(item.source_key)) == (TODAY, TOMORROW)
    with pytest.raises(PeriodClosed):  # a person decides on an open day
        suspense.resolve(item, statement.account, actor=make_staff("finance"), now=NOW)
    assert findings() == {}


def test_what_goes_back_after_the_close_is_booked_on_the_first_open_day(statement, provider):
    payment = paid(statement, provider)
    refund = ask(payment, make_staff("finance"), 1000)
    refunds.approve(refund, decided_by=make_staff("finance"), now=NOW)
    close_period(TODAY, actor="auditor")
    refund = refunds.submit_refund(refund, now=NOW)
    refunds.apply_refund(provider.settle_refund(refund.provider_id), now=NOW, cause="test")
    refunds.apply_refund(
        provider.settle_refund(refund.provider_id, "failed"), now=NOW, cause="test"
    )
    dispute = provider.open_dispute(payment.intent_id)
    chargebacks.apply_dispute(dispute, now=NOW, cause="test")
    lost = provider.close_dispute(dispute.id, "lost")
    chargebacks.apply_dispute(lost, now=NOW, cause="test")
    payout = provider.pay_out(100)
    payouts.apply_payout(payout, now=NOW, cause="test")
    payouts.apply_payout(replace(payout, status="failed"), now=NOW, cause="test")
    made = provider.create_refund({"payment_intent": payment.intent_id, "amount": 5}, key="there")
    refunds.apply_refund(made, now=NOW, cause="test")

    late = JournalEntry.objects.exclude(source_key__startswith="stmt:").exclude(
        effective_date=TODAY
    )
    assert set(late.values_list("effective_date", flat=True)) == {TOMORROW}
    assert late.count() == 7
    assert findings() == {}


# --- what the provider may say


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "\x00"])
def test_text_that_no_database_holds_keeps_no_money_waiting(text):
    values = {
        "id": "pi_1",
        "object": "payment_intent",
        "status": "succeeded",
        "amount": 100,
        "amount_received": 100,
        "currency": "usd",
        "latest_charge": {
            "id": "ch_1",
            "object": "charge",
            "amount": 100,
            "payment_method_details": {"type": "card", "card": {"brand": text, "last4": "4242"}},
            "balance_transaction": None,
        },
        "last_payment_error": None,
        "created": int(NOW.timestamp()),
        "livemode": False,
        "metadata": {"note": text, text: "x", "account": text},
    }

    assert receive.apply_intent(parse.intent(values), now=NOW, cause="test") is Applied.UNMATCHED
    [case] = PaymentCase.objects.all()
    assert set(case.detail["metadata"]) >= {"note", "account"}
    assert SuspenseItem.objects.get().amount_minor == 100


def test_no_card_number_of_foreign_metadata_is_kept():
    view = replace(intent_of_nobody(), metadata={"note": "4242 4242 4242 4242"})

    receive.apply_intent(view, now=NOW, cause="test")

    assert "4242 4242" not in str(PaymentCase.objects.get().detail)


# --- what blocks a bill


def test_an_unusual_mail_address_keeps_nobody_from_paying(statement, provider):
    for email in ["müller@exämple.de", "a b@example.com", "x" * 600 + "@example.com", "no-at"]:
        user = make_staff("finance")
        type(user).objects.filter(pk=user.pk).update(email=email[:254])
        user.refresh_from_db()

        attempt = open_page(statement, user=user)

        assert "customer_email" not in attempt.parameters, email
        withdraw.withdraw(attempt, now=NOW, cause="customer")


def test_a_page_that_the_provider_forgot_blocks_the_bill_no_longer_than_it_lived(
    statement, provider
):
    attempt = open_page(statement)
    provider.sessions.clear()

    for hours in (0, 1.5, 2.1, 3.5):
        with time_machine.travel(clock.real_now() + timedelta(hours=hours), tick=False):
            janitor.look_after_attempts(now=NOW, everything=True)

    attempt.refresh_from_db()
    assert attempt.state == "expired"
    assert open_page(statement).state == "open"


def test_a_receipt_number_of_the_counter_is_never_in_the_way(statement, provider):
    attempt = open_page(statement)
    for reference in (attempt.reference, f"{attempt.reference}-online"):
        record_counter_payment(
            statement.account, amount_minor=1, reference=reference, received_on=TODAY, actor=None
        )

    intent = provider.pay(attempt.session_id)
    receive.apply_intent(intent, now=NOW, cause="test")

    assert Payment.objects.get(attempt=attempt).amount_minor == 5812


def test_a_card_that_fails_late_leaves_the_page_open_and_the_amount_reserved(statement, provider):
    attempt = open_page(statement)
    intent = provider._start(attempt.session_id)
    card = ChargeView("ch_late", 5812, "card", "Visa 4242", None)
    provider._intent(intent.id, status="processing", charge=card)
    receive.apply_intent(provider.intents[intent.id], now=NOW, cause="test")
    provider._intent(intent.id, status="requires_payment_method", failure_code="card_declined")
    receive.apply_intent(provider.intents[intent.id], now=NOW, cause="test")

    attempt.refresh_from_db()
    assert attempt.is_live

    receive.apply_session(provider.expire(attempt.session_id), now=NOW, cause="test")
    attempt.refresh_from_db()
    assert (attempt.state, attempt.failure_code) == ("failed", "card_declined")


def test_a_refusal_that_was_overtaken_ends_no_debit_that_is_on_its_way(statement, provider):
    attempt = open_page(statement)
    refused = provider.decline(attempt.session_id)
    receive.apply_intent(provider.process(attempt.session_id), now=NOW, cause="test")

    receive.apply_intent(refused, now=NOW, cause="a worker that was slow")

    attempt.refresh_from_db()
    assert attempt.state == "processing"


# --- one that breaks, and the others


def test_one_attempt_that_breaks_keeps_no_others_from_being_looked_after(
    statement, provider, monkeypatch
):
    first, second = open_page(statement, 1000), open_page(make_bill(FLAT))
    provider.pay(second.session_id)
    real = receive.apply_session

    def breaking(view, **how):
        if view.id == first.session_id:
            raise RuntimeError("broken")
        return real(view, **how)

    monkeypatch.setattr("payments.operations.receive.apply_session", breaking)

    assert janitor.look_after_attempts(now=NOW, everything=True) == 2

    second.refresh_from_db()
    assert second.state == "succeeded"


def test_one_page_that_cannot_be_closed_keeps_no_others_open(statement, provider, monkeypatch):
    others = make_bill(FLAT)
    first, second = open_page(statement, 1000), open_page(others)
    for bill in (statement, others):
        record_counter_payment(
            bill.account,
            amount_minor=5812,
            reference=f"R{bill.pk}",
            received_on=TODAY,
            actor=None,
        )
    real = provider.expire_session

    def breaking(session_id, *, key):
        if session_id == first.session_id:
            raise RuntimeError("broken")
        return real(session_id, key=key)

    monkeypatch.setattr(provider, "expire_session", breaking)

    assert withdraw.expire_settled(now=NOW) == 1
    second.refresh_from_db()
    assert second.state == "cancelled"


def test_closing_settled_pages_asks_the_books_the_same_however_many_wait(
    statement, provider, django_assert_max_num_queries
):
    for _ in range(5):
        open_page(make_bill(FLAT))
    open_page(statement)

    with django_assert_max_num_queries(5):
        assert withdraw.expire_settled(now=NOW) == 0


def test_a_round_goes_on_where_the_last_one_stopped(statement, provider, monkeypatch):
    monkeypatch.setattr(withdraw, "BATCH", 1)
    monkeypatch.setattr(withdraw, "ROUND", 2)
    for bill in (statement, make_bill(FLAT), make_bill(FLAT)):
        open_page(bill)
        record_counter_payment(
            bill.account, amount_minor=5812, reference=f"R{bill.pk}", received_on=TODAY, actor=None
        )

    assert [withdraw.expire_settled(now=NOW) for _ in range(3)] == [2, 1, 0]


# --- slow workers, and webhooks of another version


def test_a_worker_that_was_too_slow_leaves_the_attempt_to_the_one_who_took_it(
    statement, provider, monkeypatch
):
    attempt = begin(statement)
    plain = provider.create_session

    def slowly(parameters, *, key):
        monkeypatch.setattr(provider, "create_session", plain)
        made = plain(parameters, key=key)
        PaymentAttempt.objects.update(lease_owner="the janitor")
        return made

    monkeypatch.setattr(provider, "create_session", slowly)

    assert submit(attempt, now=NOW).state == "submitting"

    PaymentAttempt.objects.update(lease_until=NOW)
    assert submit(attempt, now=NOW).state == "open"
    assert len(provider.sessions) == 1


def test_an_event_of_another_version_is_taken_up_when_the_poll_tells_it(statement, provider):
    text = json.dumps(body(api_version="2020-08-27", object_id="po_1"))
    event = webhook.read(text)
    assert not inbox.receive(event, source="webhook", received_at=clock.real_now())

    assert inbox.receive(event, source="poll", received_at=clock.real_now())
    assert not inbox.receive(event, source="poll", received_at=clock.real_now())

    [row] = ProviderEvent.objects.all()
    assert (row.state, row.reason, row.processed_at) == ("received", "", None)
    assert not PaymentCase.objects.exists()
