"""Paying by several at once. Each guard is first shown to be needed: without it the race is there."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from core.db.unguarded import unguarded
from ledger.models import JournalEntry
from payments import queries
from payments.models import AttemptChange, Payment, PaymentAttempt
from payments.operations import attempts, moves, receive, submit
from payments.operations.attempts import UnderWay
from payments.outcomes import Applied
from tests.payments.paying import NOW, begin, open_page, stands, steps
from tests.racing import gather
from tests.statements.factories import FLAT, make_bill, make_world

pytestmark = pytest.mark.django_db(transaction=True)

ONE_LIVE = "attempt_one_live_for_a_target"


def on_postgresql(test):
    """SQLite has one writer from the start of a transaction, so these races cannot be there."""
    skip = pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time")
    return pytest.mark.postgres(skip(test))


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.fixture
def statement():
    return make_bill(FLAT)  # 58.12


@contextmanager
def without_the_index() -> Iterator[None]:
    """Drop the index that lets one attempt live for a target; put it back on an empty table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [ONE_LIVE])
        [definition] = cursor.fetchone()
        cursor.execute(f"DROP INDEX {ONE_LIVE}")
    try:
        yield
    finally:
        with unguarded(connection), connection.cursor() as cursor:
            cursor.execute("TRUNCATE payments_paymentattempt CASCADE")
            cursor.execute(definition)


def pay_bill(statement) -> Callable[[], object]:
    return lambda: submit.submit(begin(statement), now=NOW)


def several_see_nothing(monkeypatch, count: int) -> None:
    """Let nobody write before all have looked and found the bill free."""
    gate, freeze = threading.Barrier(count), attempts._freeze

    def wait_and_freeze(attempt):
        gate.wait(timeout=30)
        freeze(attempt)

    monkeypatch.setattr(attempts, "_freeze", wait_and_freeze)


def unlocked(monkeypatch) -> None:
    monkeypatch.setattr(moves, "lock_account", lambda account: None)


# --- fifty at once


@on_postgresql
def test_fifty_pay_one_bill_and_one_attempt_begins(statement, provider):
    found = gather(*[pay_bill(statement)] * 50)

    begun = [attempt for attempt in found if isinstance(attempt, PaymentAttempt)]
    refused = [error for error in found if isinstance(error, UnderWay)]
    assert (len(begun), len(refused)) == (1, 49), found
    assert {error.attempt for error in refused} == set(begun)
    assert len(provider.sessions) == PaymentAttempt.objects.count() == 1
    print(f"50 at once: {len(begun)} attempt, {len(refused)} clear answers")

    receive.apply_intent(provider.pay(begun[0].session_id), now=NOW, cause="evt_1")
    assert (stands(statement), Payment.objects.count()) == (0, 1)


@on_postgresql
def test_without_lock_and_index_several_attempts_begin(statement, provider, monkeypatch):
    unlocked(monkeypatch)
    several_see_nothing(monkeypatch, 5)
    with without_the_index():
        found = gather(*[pay_bill(statement)] * 5)

        assert [type(each) for each in found] == [PaymentAttempt] * 5
        assert len(provider.sessions) == 5  # the customer could pay five times
        print("5 at once without the guards: 5 attempts")


@on_postgresql
def test_without_the_lock_the_index_alone_lets_one_begin(statement, provider, monkeypatch):
    unlocked(monkeypatch)
    several_see_nothing(monkeypatch, 5)

    found = gather(*[pay_bill(statement)] * 5)

    assert sorted(type(each).__name__ for each in found) == ["PaymentAttempt"] + ["UnderWay"] * 4


@on_postgresql
def test_without_the_index_the_lock_alone_lets_one_begin(statement, provider):
    with without_the_index():
        found = gather(*[pay_bill(statement)] * 5)

        names = sorted(type(each).__name__ for each in found)
        assert names == ["PaymentAttempt"] + ["UnderWay"] * 4


@on_postgresql
def test_a_double_click_in_one_moment_is_one_attempt(statement, provider, monkeypatch):
    unlocked(monkeypatch)
    several_see_nothing(monkeypatch, 2)
    token = uuid.uuid4()

    found = gather(*[lambda: begin(statement, form_token=token)] * 2)

    assert found[0] == found[1]
    assert PaymentAttempt.objects.count() == 1


def test_eight_threads_send_one_attempt_and_one_page_is_made(statement, provider):
    attempt = begin(statement)

    found = gather(*[lambda: submit.submit(PaymentAttempt.objects.get(pk=attempt.pk), now=NOW)] * 8)

    assert all(isinstance(each, PaymentAttempt) for each in found), found
    assert (len(provider.sessions), provider.calls.count("create_session")) == (1, 1)


# --- two events for one change


def applied_twice(provider, statement) -> list[object]:
    intent = provider.pay(open_page(statement).session_id)
    return gather(
        lambda: receive.apply_intent(intent, now=NOW, cause="charge.succeeded"),
        lambda: receive.apply_intent(intent, now=NOW, cause="payment_intent.succeeded"),
    )


def test_two_events_for_one_change_book_once(statement, provider):
    assert sorted(applied_twice(provider, statement)) == [Applied.APPLIED, Applied.UNCHANGED]

    assert stands(statement) == 0
    assert JournalEntry.objects.filter(event_type="payment.received").count() == 1


@on_postgresql
def test_without_the_locks_both_come_to_the_books_and_the_key_stops_one(
    statement, provider, monkeypatch
):
    gate = threading.Barrier(2)

    def read_only(attempt):
        row = PaymentAttempt.objects.select_related("account", "statement").get(pk=attempt.pk)
        gate.wait(timeout=30)
        return row

    submitted = open_page(statement)
    intent = provider.pay(submitted.session_id)
    monkeypatch.setattr(moves, "lock", read_only)
    found = gather(
        *[lambda: receive.apply_intent(intent, now=NOW, cause="evt")] * 2,
    )

    assert Applied.APPLIED in found
    [error] = [each for each in found if isinstance(each, Exception)]  # not an answer any more
    print(f"without the locks: {type(error).__name__}")
    assert (stands(statement), Payment.objects.count()) == (0, 1)


def test_many_threads_tell_many_things_and_the_books_hear_one(statement, provider):
    attempt = open_page(statement)
    declined = provider.decline(attempt.session_id)
    waiting = provider.challenge(attempt.session_id)
    paid = provider.pay(attempt.session_id)
    page = provider.sessions[attempt.session_id]

    found = gather(
        *[
            lambda view=view: receive.apply_intent(view, now=NOW, cause="evt")
            for view in (declined, waiting, paid, paid)
        ],
        lambda: receive.apply_session(page, now=NOW, cause="return page"),
    )

    assert all(isinstance(each, Applied) for each in found), found
    attempt.refresh_from_db()
    assert (attempt.state, stands(statement), Payment.objects.count()) == ("succeeded", 0, 1)
    assert [state for state, _ in steps(attempt)].count("succeeded") == 1
    assert AttemptChange.objects.filter(from_state="succeeded").count() == 0
    assert queries.standing(statement.account).reserved == 0
