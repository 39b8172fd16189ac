"""`reconcile_stripe`: after a restored backup the books know again what the provider knows."""

from __future__ import annotations

import sqlite3
import uuid
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from core import clock
from core.integrity import Scope
from core.periods import local_date
from ledger.models import Posting
from payments.gateway import Unanswered
from payments.models import (
    BalanceTransaction,
    Chargeback,
    Payment,
    PaymentAttempt,
    Payout,
    ProviderEvent,
    Refund,
    SuspenseItem,
)
from payments.operations import chargebacks, payouts, poll, receive, reconcile, refunds
from reports import integrity
from tests.payments.paying import NOW, open_page, paid_state
from tests.payments.returning import ask, intent_of_nobody, paid, sums
from tests.payments.test_provider_checks import later, read
from tests.payments.whole import fail_payout, ring, tell_story
from tests.statements.factories import FLAT, ZONE, make_bill, make_staff, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def business_clock(settings, tmp_path):
    (tmp_path / "clock").write_text(NOW.isoformat())
    settings.CLOCK_FILE = str(tmp_path / "clock")


def run(*arguments):
    printed, errors = StringIO(), StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("reconcile_stripe", *arguments, stdout=printed, stderr=errors)
    return end.value.code, printed.getvalue(), errors.getvalue()


def violated(provider, **more) -> dict[str, list]:
    results = integrity.check(Scope(clock.real_now()), reading=read(provider, **more))
    return {r.code: list(r.examples) for r in results if r.violations}


def live_on(provider, bills, people) -> None:
    """Let everything happen at the provider that a backup may have missed."""
    waiting = open_page(next(bills))
    receive.apply_intent(provider.pay(waiting.session_id), now=NOW, cause="test")
    debit = open_page(next(bills), method="bank_debit")
    intent = provider.process(debit.session_id)
    receive.apply_intent(intent, now=NOW, cause="test")
    nobody = intent_of_nobody()
    provider.balances[nobody.charge.balance.id] = nobody.charge.balance
    provider.intents[nobody.id] = replace(nobody, created_at=clock.real_now())
    receive.apply_intent(provider.intents[nobody.id], now=NOW, cause="test")
    returned = paid(next(bills), provider)
    refund = ask(returned, people[0], 2000)
    refunds.approve(refund, decided_by=people[1], now=NOW)
    refunds.submit_refund(refund, now=NOW)
    provider.settle_refund(refund.provider_id)
    refunds.apply_refund(provider.refunds[refund.provider_id], now=NOW, cause="test")
    for outcome in ("needs_response", "won", "lost"):
        view = provider.open_dispute(paid(next(bills), provider).intent_id)
        if outcome != "needs_response":
            view = provider.close_dispute(view.id, outcome)
        chargebacks.apply_dispute(view, now=NOW, cause="test")
    payouts.apply_payout(provider.pay_out(3000), now=NOW, cause="test")
    ring(provider, "payment_intent", intent.id, "payment_intent.processing")


# --- a restored backup


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="copies a file")
def test_a_restored_backup_comes_in_step_and_stays(provider, tmp_path):
    tell_story(provider)
    bills = iter([make_bill(FLAT) for _ in range(6)])
    people = make_staff("finance"), make_staff("finance")
    backup = sqlite3.connect(tmp_path / "backup.sqlite3")
    connection.connection.backup(backup)
    live_on(provider, bills, people)
    poll.poll(now=clock.real_now())
    assert violated(provider) == {}
    before = sums()
    backup.backup(connection.connection)
    assert {"S01", "S02", "S03", "S05", "S07"} <= set(violated(provider))
    assert sums() != before

    code, printed, errors = run()

    assert (code, errors) == (0, "")
    assert "payout: 1 brought in step" in printed and "event: 1 brought in step" in printed
    assert violated(provider) == {}
    assert sums() == before
    code, printed, _ = run()
    assert code == 0 and "brought in step" not in printed
    assert (violated(provider), sums()) == ({}, before)


def page_of(provider, statement, number):
    """Make a page as an attempt that nobody here remembers had made it."""
    return provider.create_session(
        {
            "line_items": [{"price_data": {"unit_amount": 5812, "currency": "usd"}}],
            "expires_at": clock.real_now().timestamp() + 3600,
            "metadata": {
                "attempt": str(uuid.uuid4()),
                "account": statement.account.number,
                "reference": f"LOST-{number}",
                "statement": str(statement.pk),
                "environment": settings.STRIPE_ENVIRONMENT,
            },
        },
        key=f"lost:{number}",
    )


def pay_unheard(provider, number):
    """Let a bill be paid at the provider while nobody here listens."""
    statement = make_bill(FLAT)
    return statement, provider.pay(page_of(provider, statement, number))


def happen_unheard(provider):
    """Let everything happen at the provider, to bills that we know and attempts that we do not."""
    _, returned = pay_unheard(provider, 1)
    refund = provider.create_refund({"payment_intent": returned.id, "amount": 812}, key="unheard")
    provider.settle_refund(refund.id)
    for number, outcome in enumerate(("needs_response", "won", "lost"), start=2):
        view = provider.open_dispute(pay_unheard(provider, number)[1].id)
        if outcome != "needs_response":
            provider.close_dispute(view.id, outcome)
    page = page_of(provider, make_bill(FLAT), 5)
    provider.process(page)
    page_of(provider, make_bill(FLAT), 6)
    nobody = intent_of_nobody()
    provider.balances[nobody.charge.balance.id] = nobody.charge.balance
    provider.intents[nobody.id] = nobody
    provider.pay_out(3000)
    fail_payout(provider, provider.pay_out(400))
    ring(provider, "payment_intent", returned.id, "payment_intent.succeeded")


def test_books_that_know_nothing_learn_everything(provider):
    make_world()
    statement, intent = pay_unheard(provider, 0)
    happen_unheard(provider)
    assert {"S01", "S02", "S03", "S04", "S05", "S07"} <= set(violated(provider))

    code, printed, errors = run()

    assert (code, errors) == (0, "")
    assert violated(provider) == {}
    attempt = PaymentAttempt.objects.get(reference="LOST-0")
    assert (attempt.state, attempt.statement, attempt.intent_id) == (
        "succeeded",
        statement,
        intent.id,
    )
    assert paid_state(statement) == "settled"
    assert "payment: 6 brought in step, 1 of nobody known" in printed
    assert sum_of("stripe_clearing") == sum(moved.net for moved in provider.balances.values())
    assert sorted(Chargeback.objects.values_list("state", flat=True)) == ["lost", "open", "won"]
    assert Refund.objects.get().origin == "provider"
    assert Payout.objects.count() == 1 + 1 and SuspenseItem.objects.count() == 1


def test_a_second_run_changes_nothing(provider):
    make_world()
    happen_unheard(provider)
    run()
    before = (sums(), rows())

    code, printed, _ = run()

    assert code == 0 and "brought in step" not in printed
    assert (sums(), rows()) == before


def sum_of(kind):
    return sums().get(kind, 0)


def rows():
    models = (Payment, PaymentAttempt, Refund, Chargeback, Payout, BalanceTransaction)
    return [model.objects.count() for model in (*models, SuspenseItem, ProviderEvent, Posting)]


# --- what is looked at


def test_a_dry_run_says_what_it_would_do_and_writes_nothing(provider):
    make_world()
    happen_unheard(provider)
    before = (sums(), rows())

    code, printed, _ = run("--dry-run")

    assert code == 0
    assert "payment: 5 brought in step, 1 of nobody known" in printed
    assert "refund: 1 brought in step" in printed and "event: 1 brought in step" in printed
    assert printed.endswith("Nothing was written.\n")
    assert (sums(), rows()) == before


def test_money_is_booked_on_the_day_on_which_it_moved(provider, settings, tmp_path):
    (tmp_path / "clock").write_text("2027-01-15T12:00:00+00:00")
    make_world()
    moved = pay_unheard(provider, 0)[1].charge.balance

    run()

    assert Payment.objects.get().received_on == local_date(moved.created_at, ZONE)


def test_it_looks_from_three_days_before_the_newest_movement_that_is_known(provider):
    make_world()
    now = clock.real_now()
    assert reconcile.known_until(now) == now - timedelta(days=30)
    payment = paid(make_bill(FLAT), provider)

    moved = provider.intents[payment.intent_id].charge.balance
    assert reconcile.known_until(now) == moved.created_at - timedelta(days=3)


def test_what_is_still_open_here_is_looked_at_however_old_it_is(provider):
    make_world()
    payment = paid(make_bill(FLAT), provider)
    view = provider.open_dispute(payment.intent_id)
    chargebacks.apply_dispute(view, now=NOW, cause="test")
    refund = ask(paid(make_bill(FLAT), provider), make_staff("finance"), 100)
    refunds.approve(refund, decided_by=make_staff("finance"), now=NOW)
    refunds.submit_refund(refund, now=NOW)
    provider.close_dispute(view.id, "lost")
    provider.settle_refund(refund.provider_id)

    with later(days=100):
        code, printed, _ = run("--since", clock.real_now().isoformat())

    assert code == 0
    assert "refund: 1 brought in step" in printed
    assert "chargeback: 1 brought in step" in printed
    refund.refresh_from_db()
    assert (refund.state, Chargeback.objects.get().state) == ("succeeded", "lost")


def test_what_an_unheard_event_is_about_is_looked_at(provider):
    make_world()
    refund = ask(paid(make_bill(FLAT), provider), make_staff("finance"), 100)
    refunds.approve(refund, decided_by=make_staff("finance"), now=NOW)
    refunds.submit_refund(refund, now=NOW)
    provider.settle_refund(refund.provider_id)
    refunds.apply_refund(provider.refunds[refund.provider_id], now=NOW, cause="test")
    provider.settle_refund(refund.provider_id, "failed", "lost_card")  # long after its success
    with later(days=20):
        ring(provider, "refund", refund.provider_id, "refund.failed")
    with later(days=20, minutes=1):
        code, printed, _ = run("--since", (clock.real_now() - timedelta(days=1)).isoformat())

    assert code == 0
    assert "refund: 1 brought in step" in printed and "event: 1 brought in step" in printed
    refund.refresh_from_db()
    assert refund.state == "failed"


def test_another_installations_payments_are_left_alone(provider):
    make_world()
    _, intent = pay_unheard(provider, 0)
    foreign = {**intent.metadata, "environment": "elsewhere"}
    provider.intents[intent.id] = replace(intent, metadata=foreign)

    code, printed, _ = run()

    assert code == 0 and "payment: 1 of another installation" in printed
    assert not Payment.objects.exists()


# --- what goes wrong


def test_one_bad_object_stops_no_other(provider, monkeypatch):
    make_world()
    bad, good = pay_unheard(provider, 0)[1], pay_unheard(provider, 1)[1]
    apply = receive.apply_intent

    def stumble(view, **more):
        if view.id == bad.id:
            raise ZeroDivisionError("a bug")
        return apply(view, **more)

    monkeypatch.setattr(receive, "apply_intent", stumble)

    code, printed, errors = run()

    assert code == 1
    assert "payment: 1 brought in step, 1 failed" in printed
    assert errors == f"payment {bad.id}: ZeroDivisionError: a bug\n"
    assert Payment.objects.get().intent_id == good.id
    monkeypatch.setattr(receive, "apply_intent", apply)
    assert run()[0] == 0
    assert Payment.objects.count() == 2


def test_a_payment_that_cannot_be_fetched_fails_alone(provider):
    make_world()
    payment = paid(make_bill(FLAT), provider)
    chargebacks.apply_dispute(provider.open_dispute(payment.intent_id), now=NOW, cause="test")
    provider.disputes.clear()

    code, printed, errors = run()

    assert code == 1
    assert "chargeback: 1 failed" in printed and "Absent" in errors


def test_a_provider_that_lists_nothing_ends_it_at_once(provider):
    make_world()
    pay_unheard(provider, 0)
    provider.fail_next("disputes_since", Unanswered("no route"))

    code, printed, errors = run()

    assert (code, printed) == (2, "")
    assert "no route" in errors
    assert not Payment.objects.exists()


def test_without_a_key_it_says_so(monkeypatch):
    monkeypatch.setattr("payments.gateway.gateway", lambda: None)

    code, _, errors = run()

    assert code == 2 and "no key of the payment provider is configured" in errors


def test_a_moment_to_come_is_refused(provider):
    with pytest.raises(CommandError, match="has not come yet"):
        call_command("reconcile_stripe", "--since", "2099-01-01T00:00:00+00:00")
