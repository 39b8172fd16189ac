"""S01 to S08: our books and the provider's, both whole, one of them corrupt, or on the move."""

from __future__ import annotations

import json
import uuid
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F

from core import clock
from core.db.unguarded import unguarded
from core.integrity import Scope
from ledger import operations as ledger
from ledger.entries import Entry, Leg
from ledger.models import Allocation, JournalEntry, Posting
from payments.checks import provider as provider_checks
from payments.gateway import Unanswered
from payments.models import (
    Chargeback,
    Payment,
    PaymentAttempt,
    Payout,
    ProviderEvent,
    Refund,
)
from payments.operations import attempts, inbox, receive, record_counter_payment
from payments.operations.submit import submit
from reports import integrity, tasks
from tests.payments.paying import NOW, open_page
from tests.payments.returning import paid
from tests.payments.whole import ring, tell_story
from tests.statements.factories import FLAT, make_bill, make_world

pytestmark = pytest.mark.django_db


class Later:
    """Real time that stands still, later than it is."""

    def __init__(self, now):
        self.now = now

    def passes(self, **span):
        self.now += timedelta(**span)


@contextmanager
def later(**span):
    """Let the block live later; the database does not notice."""
    time = Later(clock.real_now() + timedelta(**span))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "real_now", lambda: time.now)
        yield time


def read(provider, **more):
    """Read the provider's books in an hour, when all that happened stands still."""
    values = {"now": clock.real_now() + timedelta(hours=1), **more}
    return provider_checks.read(provider, **values)


def compare(reading, **scope):
    """Return the findings of the S codes, without warnings, by code."""
    results = integrity.check(Scope(clock.real_now(), **scope), reading=reading)
    return {r.code: [f for f in r.examples if not f.is_warning] for r in results if r.violations}


def violated(provider, **more) -> set[str]:
    return set(compare(read(provider, **more)))


# --- both whole


def test_the_whole_story_agrees(provider):
    tell_story(provider)

    assert compare(read(provider)) == {}


def test_one_account_or_the_last_days_agree_too(provider):
    story = tell_story(provider)

    assert violated(provider, since=clock.real_now() - timedelta(days=3)) == set()
    reading = read(provider)
    for account_id in {story.card.account_id, story.open_chargeback.payment.account_id}:
        assert compare(reading, account_id=account_id) == {}


def test_what_another_installation_does_with_the_same_account_is_not_ours(provider, settings):
    make_world()
    attempt = open_page(make_bill(FLAT))
    intent = provider.pay(attempt.session_id)
    foreign = {**intent.metadata, "environment": "elsewhere"}
    provider.intents[intent.id] = replace(intent, metadata=foreign)
    provider.create_refund({"payment_intent": intent.id, "amount": 100}, key="theirs")
    provider.open_dispute(intent.id)
    provider.sessions.clear()

    assert compare(read(provider)) == {}


# --- corrupt on either side; each is found under exactly its codes


def forget_an_entry(story, provider):
    """Lose payment and entry of a card payment, as if both had never been written."""
    attempt = story.card.attempt
    entry = JournalEntry.objects.get(source_key=f"pi:{story.card.intent_id}:ok")
    postings = Posting.objects.filter(entry=entry)
    Allocation.objects.filter(credit__in=postings).delete()
    postings.delete()
    JournalEntry.objects.filter(pk=entry.pk).delete()
    Payment.objects.filter(pk=story.card.pk).delete()
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state="expired")


def receive_more_there(story, provider):
    view = provider.intents[story.card.intent_id]
    provider.intents[view.id] = replace(view, amount_received=view.amount_received + 1)


def pay_for_another_account_there(story, provider):
    view = provider.intents[story.card.intent_id]
    metadata = {**view.metadata, "account": "somebody-else"}
    provider.intents[view.id] = replace(view, metadata=metadata)


def forget_a_payment_there(story, provider):
    del provider.intents[story.card.intent_id]


def make_a_refund_there(story, provider):
    refund = provider.create_refund(
        {"payment_intent": story.card.intent_id, "amount": 100}, key="unheard"
    )
    provider.settle_refund(refund.id)


def make_a_pending_refund_there(story, provider):
    provider.create_refund({"payment_intent": story.card.intent_id, "amount": 100}, key="silent")


def change_a_refund_here(story, provider):
    Refund.objects.filter(pk=story.refunded.pk).update(amount_minor=F("amount_minor") + 1)


def win_a_chargeback_there(story, provider):
    view = provider.disputes[story.lost_chargeback.provider_id]
    provider.disputes[view.id] = replace(view, status="won")


def forget_a_chargeback_there(story, provider):
    del provider.disputes[story.open_chargeback.provider_id]


def move_our_balance_there(story, provider):
    provider.move_balance("stripe_fee", -25, "sub_of_a_product")


def post_to_the_clearing_account_here(story, provider):
    legs = (Leg("psp_fees", 25), Leg("stripe_clearing", -25))
    ledger.post(Entry("adjustment", "adj:1", "USD", NOW.date(), legs))


def charge_another_fee_there(story, provider):
    view = provider.intents[story.card.intent_id]
    moved = view.charge.balance
    changed = replace(moved, fee=moved.fee + 1)  # its net, and so the total, stays
    charge = replace(view.charge, balance=changed)
    provider.intents[view.id] = replace(view, charge=charge)
    provider.balances[moved.id] = changed


def pay_out_something_else_there(story, provider):
    view = next(v for v in provider.payouts.values() if v.status == "paid")
    part = provider.balances[provider.intents[story.card.intent_id].charge.balance.id]
    provider.balances_of_payout = lambda payout_id: iter([part] if payout_id == view.id else [])


def change_a_payout_here(story, provider):
    Payout.objects.filter(status="paid").update(amount_minor=1, provider_id="po_other")


def open_a_page_again_there(story, provider):
    view = provider.sessions[story.card.attempt.session_id]
    provider.sessions[view.id] = replace(view, status="open", payment_status="unpaid")


def lose_an_event(story, provider):
    ProviderEvent.objects.filter(state="processed").delete()


def store_an_event_of_live_mode(story, provider):
    ProviderEvent.objects.filter(state="processed").update(is_livemode=True)


def store_an_event_of_another_account(story, provider):
    ProviderEvent.objects.filter(state="processed").update(provider_account="acct_other")


def store_an_event_of_another_version(story, provider):
    ProviderEvent.objects.filter(state="processed").update(api_version="2019-01-01")


def restore_from_another_environment(story, provider):
    first = PaymentAttempt.objects.filter(state="open")[0]
    PaymentAttempt.objects.filter(pk=first.pk).update(environment="production")


KINDS = [
    (forget_an_entry, {"S01", "S03"}),  # what came and was not booked is missing in the sum
    (receive_more_there, {"S01"}),
    (pay_for_another_account_there, {"S01"}),
    (forget_a_payment_there, {"S01"}),
    (make_a_refund_there, {"S02", "S03"}),
    (make_a_pending_refund_there, {"S02"}),
    (change_a_refund_here, {"S02"}),
    (win_a_chargeback_there, {"S02"}),
    (forget_a_chargeback_there, {"S02"}),
    (move_our_balance_there, {"S03"}),
    (post_to_the_clearing_account_here, {"S03"}),
    (charge_another_fee_there, {"S04"}),
    (pay_out_something_else_there, {"S05"}),
    (change_a_payout_here, {"S05"}),
    (open_a_page_again_there, {"S06"}),
    (lose_an_event, {"S07"}),
    (store_an_event_of_live_mode, {"S08"}),
    (store_an_event_of_another_account, {"S08"}),
    (store_an_event_of_another_version, {"S08"}),
    (restore_from_another_environment, {"S08"}),
]


BOOKS = ("sessions", "intents", "refunds", "disputes", "payouts", "balances", "events")


@contextmanager
def undone(provider):
    """Take back what the block does to either side; no transaction is open for the provider."""
    books = {name: copy(getattr(provider, name)) for name in BOOKS}
    before = transaction.savepoint()
    yield
    transaction.savepoint_rollback(before)
    vars(provider).pop("balances_of_payout", None)
    vars(provider).update(books)


def test_each_corruption_is_found_under_exactly_its_codes(provider):
    story = tell_story(provider)
    found = {}
    for corrupt, _ in KINDS:
        with undone(provider):
            with unguarded(connection):
                corrupt(story, provider)
            found[corrupt.__name__] = {c for c in violated(provider) if c.startswith("S")}

    assert found == {corrupt.__name__: codes for corrupt, codes in KINDS}


def test_of_the_last_days_only_the_same_is_found(provider):
    story = tell_story(provider)
    lately = clock.real_now() - timedelta(days=3)
    found = {}
    for corrupt, _ in KINDS:
        with undone(provider):
            with unguarded(connection):
                corrupt(story, provider)
            codes = {c for c in violated(provider, since=lately) if c.startswith("S")}
            found[corrupt.__name__] = codes

    each_by_itself = {
        "forget_an_entry": {"S01"},
        "post_to_the_clearing_account_here": set(),
        "make_a_pending_refund_there": {"S02", "S03"},
    }
    assert found == {corrupt.__name__: codes for corrupt, codes in KINDS} | each_by_itself


# --- on the move


def test_what_happens_while_the_books_are_read_is_left_to_the_next_time(provider):
    make_world()
    story = paid(make_bill(FLAT), provider)
    paid_there = open_page(make_bill(FLAT))
    now = clock.real_now() + timedelta(hours=1)
    before = provider_checks.read(provider, now=now, grace=timedelta(0))

    with later(hours=1, minutes=1) as real_time:
        provider.pay(paid_there.session_id)  # there, and not yet here
        during = provider_checks.read(provider, now=now, grace=timedelta(0))
        refund = provider.create_refund({"payment_intent": story.intent_id}, key="now")
        provider.settle_refund(refund.id)
        after = provider_checks.read(provider, now=now, grace=timedelta(0))
        real_time.passes(minutes=5)
        settled = provider_checks.read(provider, now=clock.real_now())

    assert [set(compare(reading)) for reading in (before, during, after)] == [set()] * 3
    assert {"S01", "S02", "S03"} <= set(compare(settled))


def test_what_was_booked_after_the_books_were_read_is_left_out(provider):
    make_world()
    first = open_page(make_bill(FLAT))
    intent = provider.pay(first.session_id)
    reading = provider_checks.read(provider, now=clock.real_now(), grace=timedelta(0))
    unread = open_page(make_bill(FLAT))
    receive.apply_intent(provider.pay(unread.session_id), now=NOW, cause="test")
    receive.apply_intent(intent, now=NOW, cause="test")

    assert compare(reading) == {}


def test_a_chargeback_that_was_heard_of_meanwhile_is_left_out(provider):
    story = tell_story(provider)
    reading = read(provider)
    event = ring(provider, "dispute", story.open_chargeback.provider_id, "charge.dispute.closed")
    Chargeback.objects.filter(pk=story.open_chargeback.pk).update(provider_status="lost")
    assert set(compare(reading)) == {"S02"}

    inbox.receive(event, source="webhook", received_at=reading.began_at)

    assert compare(reading) == {}


# --- single codes


def test_a_young_event_warns_and_an_old_one_is_missing(provider):
    ring(provider, "payout", "po_x", "payout.paid")  # an hour old
    young = ring(provider, "payout", "po_y", "payout.paid")
    provider.events[0] = replace(young, created_at=clock.real_now())
    other = ring(provider, "customer", "cus_x", "customer.created")
    reading = read(provider, now=clock.real_now())

    [result] = integrity.check(Scope(clock.real_now()), only=["S07"], reading=reading)

    assert [(f.subject, f.is_warning) for f in result.examples] == [
        (f"event {provider.events[2].id}", False),
        (f"event {young.id}", True),
    ]
    assert other.id not in str(result.examples)


def test_a_page_for_a_bill_that_was_paid_in_cash_is_to_be_closed(provider):
    make_world()
    statement = make_bill(FLAT)
    open_page(statement)
    record_counter_payment(
        statement.account,
        amount_minor=5812,
        reference="R-1",
        received_on=NOW.date(),
        actor=None,
    )

    assert violated(provider) == {"S06"}
    assert violated(provider, now=clock.real_now()) == set()  # it was paid only now


def test_a_debit_on_its_way_for_a_bill_that_was_paid_in_cash_warns(provider):
    make_world()
    attempt = open_page(make_bill(FLAT), method="bank_debit")
    receive.apply_intent(provider.process(attempt.session_id), now=NOW, cause="test")
    record_counter_payment(
        attempt.account, amount_minor=5812, reference="R-1", received_on=NOW.date(), actor=None
    )

    [result] = integrity.check(Scope(clock.real_now()), only=["S06"], reading=read(provider))

    assert (result.violations, result.warnings) == (0, 1)


def test_an_advance_payment_keeps_its_page(provider):
    make_world()
    statement = make_bill(FLAT)
    record_counter_payment(
        statement.account,
        amount_minor=5812,
        reference="R-1",
        received_on=NOW.date(),
        actor=None,
    )
    begun = attempts.begin(
        statement.account,
        statement=None,
        amount_minor=5000,
        method="card",
        form_token=uuid.uuid4(),
        user=None,
        language="en",
        now=NOW,
    )
    assert submit(begun, now=NOW).target.startswith("adv:")

    assert violated(provider) == set()


# --- the command and the nightly task


def run(*arguments):
    printed, errors = StringIO(), StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("check_ledger", *arguments, stdout=printed, stderr=errors)
    return end.value.code, printed.getvalue(), errors.getvalue()


def test_the_command_compares_when_told(provider, monkeypatch):
    tell_story(provider)
    with later(hours=1) as real_time:
        code, printed, _ = run("--with-stripe", "--json")
        checks = {check["code"]: check for check in json.loads(printed)["checks"]}
        assert (code, json.loads(printed)["clean"]) == (0, True)
        assert {f"S0{n}" for n in range(1, 9)} <= set(checks)

        provider.move_balance("stripe_fee", -25, "sub_of_a_product")
        real_time.passes(seconds=1)
        code, printed, _ = run("--with-stripe", "--grace", "0", "--only", "S03")

    assert code == 1
    assert "S03 FAIL 1" in printed


def test_without_being_told_the_provider_is_not_asked(provider):
    make_world()
    provider.calls.clear()

    assert run()[0] == 0
    assert provider.calls == []


def test_a_provider_that_does_not_answer_is_no_proof(provider):
    make_world()
    provider.fail_next("refunds_since", Unanswered("no route to the provider"))

    code, printed, errors = run("--with-stripe")

    assert (code, printed) == (2, "")
    assert "no route to the provider" in errors


def test_without_a_key_nothing_can_be_compared(monkeypatch):
    monkeypatch.setattr("payments.gateway.gateway", lambda: None)

    code, _, errors = run("--with-stripe")

    assert code == 2
    assert "no key of the payment provider is configured" in errors


def test_a_code_of_the_provider_needs_its_books(provider):
    code, _, errors = run("--only", "S03")

    assert code == 2
    assert "the provider's books were not read" in errors


def test_the_nightly_task_compares_the_last_days(provider, caplog):
    tell_story(provider)
    with later(hours=1):
        tasks.check_books()
        assert "books.violated" not in caplog.text

        provider.move_balance("stripe_fee", -25, "sub_of_a_product")
    with later(hours=2):
        tasks.check_books()

    assert [r.code for r in caplog.records if r.msg == "books.violated"] == ["S03"]


def test_the_nightly_task_goes_on_without_the_provider(provider, caplog):
    make_world()
    provider.fail_next("payouts_since")

    tasks.check_books()

    assert "books.not_compared" in caplog.text
    assert "books.checked" in caplog.text
