"""The janitor: every attempt and refund that waits comes to an answer, or to a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.db import connection

from core import clock
from core.db.unguarded import unguarded
from core.failpoints import FailpointHit
from payments import tasks
from payments.gateway import Refused, Unanswered
from payments.models import PaymentAttempt, PaymentCase
from payments.operations import janitor, receive, refunds, withdraw
from payments.operations.janitor import steps
from payments.operations.submit import submit
from tests.payments.paying import NOW, begin, open_page, paid_state
from tests.payments.paying import steps as history
from tests.payments.returning import ask, findings, paid
from tests.racing import together
from tests.statements.factories import FLAT, make_bill, make_staff, make_world

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 10, 12, tzinfo=UTC)
MINUTES = [1, 5, 30]


class Time:
    """Real time, as the test wants it."""

    def __init__(self, monkeypatch):
        self.now = START
        monkeypatch.setattr(clock, "real_now", lambda: self.now)

    def passes(self, **span):
        self.now += timedelta(**span)


@pytest.fixture
def time(monkeypatch):
    return Time(monkeypatch)


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.fixture
def statement():
    return make_bill(FLAT)  # 58.12


def look() -> int:
    return janitor.look_after_attempts(now=NOW)


def look_at_refunds() -> int:
    return janitor.look_after_refunds(now=NOW)


def crash(settings, failpoint, action):
    settings.FAILPOINTS = f"{failpoint}=raise"
    with pytest.raises(FailpointHit):
        action()
    settings.FAILPOINTS = ""


def state_of(row) -> str:
    row.refresh_from_db()
    return str(row.state)


def stuck() -> list[str]:
    return list(PaymentCase.objects.filter(kind="stuck").values_list("key", flat=True))


# --- the steps


def test_the_steps_are_soon_then_hourly_for_a_day_then_daily_for_two_weeks():
    waits = [steps.next_look(looks) for looks in range(41)]

    hours, days = [timedelta(hours=1)] * 24, [timedelta(days=1)] * 13
    assert waits == [*[timedelta(minutes=m) for m in MINUTES], *hours, *days, None]
    assert timedelta(days=14) < sum(waits[:-1], timedelta()) < timedelta(days=15)


def test_an_attempt_without_an_answer_is_looked_at_by_the_steps_and_then_by_a_person(
    provider, statement, time
):
    attempt = begin(statement)
    begun, looked = time.now, []
    for _ in range(200):
        attempt.refresh_from_db()
        if attempt.due_at is None:
            break
        time.now = attempt.due_at
        provider.fail_next("create_session")
        provider.fail_next("sessions_since")
        looked.append(time.now - begun)
        assert look() == 1 and look() == 0

    assert looked[0] == timedelta(minutes=1)  # it is sent, and from then on it is unknown
    assert looked[1] - looked[0] == timedelta(minutes=1)
    assert [b - a for a, b in pairwise(looked[1:5])] == [
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=1),
    ]
    assert len(looked) == 1 + 3 + 24 + 13
    assert state_of(attempt) == "unknown"
    assert stuck() == [f"stuck:{attempt.reference}"]
    assert look() == 0


def test_an_error_that_the_provider_repeats_hides_no_page(provider, statement, time):
    """It came after the effect and is kept under the key: only the list tells the truth."""
    attempt = begin(statement)
    for _ in range(2):
        provider.fail_next("create_session", after=True)
    submit(attempt, now=NOW)
    assert state_of(attempt) == "unknown"
    time.passes(minutes=1)

    assert look() == 1

    assert state_of(attempt) == "open"
    assert len(provider.sessions) == 1


def test_a_step_forward_starts_the_steps_anew(provider, statement, time):
    attempt = begin(statement)
    time.passes(minutes=1)

    assert look() == 1

    assert state_of(attempt) == "open"
    assert (attempt.looks, attempt.due_at) == (0, time.now + timedelta(minutes=1))


# --- attempts


def test_an_attempt_that_was_never_sent_is_sent(provider, statement, time):
    attempt = begin(statement)
    assert look() == 0  # not due yet
    time.passes(minutes=1)

    assert look() == 1

    assert state_of(attempt) == "open"
    assert len(provider.sessions) == 1


@pytest.mark.parametrize(
    ("failpoint", "left"),
    [
        ("pay.after_intent_commit", "submitting"),
        ("pay.after_provider", "submitting"),
        ("pay.before_record", "submitting"),
    ],
)
def test_a_crash_while_sending_ends_in_one_page(
    provider, statement, time, settings, failpoint, left
):
    attempt = begin(statement)
    crash(settings, failpoint, lambda: submit(attempt, now=NOW))
    assert state_of(attempt) == left
    time.passes(minutes=1, seconds=1)

    assert look() == 1

    assert state_of(attempt) == "open"
    assert len(provider.sessions) == 1


def test_an_answer_that_was_lost_after_the_effect_is_asked_for_under_the_same_key(
    provider, statement, time
):
    attempt = begin(statement)
    provider.fail_next("create_session", after=True)
    submit(attempt, now=NOW)
    assert state_of(attempt) == "unknown" and len(provider.sessions) == 1
    time.passes(minutes=1)

    assert look() == 1

    assert state_of(attempt) == "open"
    assert (provider.calls.count("create_session"), len(provider.sessions)) == (2, 1)
    assert [state for state, _ in history(attempt)] == ["created", "submitting", "unknown", "open"]


def test_a_look_does_not_disturb_a_worker_that_is_sending(provider, statement, time, settings):
    attempt = begin(statement)
    crash(settings, "pay.after_intent_commit", lambda: submit(attempt, now=NOW))
    PaymentAttempt.objects.update(due_at=time.now)

    assert look() == 0  # the other worker's lease runs

    attempt.refresh_from_db()
    assert attempt.looks == 0
    time.passes(seconds=61)
    assert look() == 1
    assert state_of(attempt) == "open"


def lose_the_answer(provider, statement, time, *, after):
    """Send an attempt, hear nothing for more than 23 hours, and stand at the next look."""
    attempt = begin(statement)
    provider.fail_next("create_session", after=after)
    submit(attempt, now=NOW)
    time.passes(hours=23, minutes=1)
    return attempt


def test_after_23_hours_a_page_is_searched_for_and_not_asked_for_again(provider, statement, time):
    attempt = lose_the_answer(provider, statement, time, after=True)

    assert look() == 1

    assert state_of(attempt) == "open"
    assert (provider.calls.count("create_session"), len(provider.sessions)) == (1, 1)


def test_a_page_that_was_found_late_and_paid_is_booked(provider, statement, time):
    attempt = lose_the_answer(provider, statement, time, after=True)
    [session] = provider.sessions.values()
    provider.pay(session)

    assert look() == 1

    assert state_of(attempt) == "succeeded"
    assert paid_state(statement) == "settled"
    assert findings() == {}


def test_absent_twice_an_hour_apart_it_never_was(provider, statement, time):
    attempt = lose_the_answer(provider, statement, time, after=False)

    assert look() == 1
    assert state_of(attempt) == "unknown"  # once is not enough
    assert look() == 0
    time.passes(minutes=59)
    janitor.look_after_attempts(now=NOW, everything=True)
    assert state_of(attempt) == "unknown"  # nor is twice within an hour
    time.passes(minutes=1)
    janitor.look_after_attempts(now=NOW, everything=True)

    assert state_of(attempt) == "abandoned"
    assert history(attempt)[-1] == ("abandoned", "absent twice")
    assert provider.calls.count("create_session") == 1
    begin(statement)  # the bill may be paid again


def test_a_search_without_an_answer_proves_nothing(provider, statement, time):
    attempt = lose_the_answer(provider, statement, time, after=False)
    for _ in range(5):
        provider.fail_next("sessions_since")
        look()
        time.passes(hours=2)

    assert state_of(attempt) == "unknown"
    assert attempt.absent_since is None


def test_a_page_that_expired_ends_the_attempt(provider, statement, time):
    attempt = open_page(statement)
    provider.expire(attempt.session_id)
    time.passes(minutes=1)

    assert look() == 1

    assert state_of(attempt) == "expired"
    assert attempt.due_at is None
    time.passes(days=1)
    assert look() == 0


def test_a_bank_debit_that_settled_without_an_event_is_booked(provider, statement, time):
    attempt = open_page(statement, method="bank_debit")
    intent = provider.process(attempt.session_id)
    time.passes(minutes=1)
    assert look() == 1
    assert state_of(attempt) == "processing"
    provider.succeed(intent)
    time.passes(minutes=1)

    assert look() == 1

    assert state_of(attempt) == "succeeded"
    assert paid_state(statement) == "settled"
    assert findings() == {}


def test_a_debit_that_stays_on_its_way_is_given_to_a_person_once(provider, statement, time):
    attempt = open_page(statement, method="bank_debit")
    receive.apply_intent(provider.process(attempt.session_id), now=NOW, cause="test")
    for _ in range(60):
        attempt.refresh_from_db()
        time.now = attempt.due_at or time.now
        look()

    assert stuck() == [f"stuck:{attempt.reference}"]
    assert time.now - START > timedelta(days=14)
    janitor.look_after_attempts(now=NOW, everything=True)
    assert len(stuck()) == 1


def test_a_last_look_that_finds_the_answer_opens_no_case(provider, statement, time):
    attempt = open_page(statement)
    PaymentAttempt.objects.update(looks=39)
    provider.pay(attempt.session_id)
    time.passes(minutes=1)

    assert look() == 1

    assert state_of(attempt) == "succeeded"
    assert stuck() == []


def test_a_last_look_that_starts_a_new_state_opens_no_case(provider, statement, time):
    attempt = begin(statement)
    PaymentAttempt.objects.update(looks=39)
    time.passes(minutes=1)

    assert look() == 1

    assert (state_of(attempt), stuck()) == ("open", [])


def test_trouble_with_one_keeps_no_other_waiting(provider, time, caplog):
    down, broken, good = [open_page(make_bill(FLAT)) for _ in range(3)]
    changed = begin(make_bill(FLAT))
    with unguarded(connection):
        PaymentAttempt.objects.filter(pk=changed.pk).update(parameters={"amount": 1})
    provider.fail_next("session", Unanswered("down"))
    provider.fail_next("session", ZeroDivisionError("a bug"))
    provider.expire(good.session_id)
    time.passes(minutes=1)

    assert look() == 4

    assert state_of(good) == "expired"
    assert {state_of(down), state_of(broken)} == {"open"}
    assert state_of(changed) == "created"
    assert "janitor.failed" in caplog.text and "janitor.no_answer" in caplog.text


def test_a_round_ends_and_leaves_the_rest_to_the_next(provider, time, monkeypatch):
    for _ in range(3):
        open_page(make_bill(FLAT))
    time.passes(minutes=1)
    monkeypatch.setattr(steps, "ROUND_SECONDS", -1)

    assert look() == 0

    monkeypatch.setattr(steps, "ROUND_SECONDS", 30)
    assert look() == 3


def test_without_a_provider_nothing_is_looked_at(provider, statement, time, monkeypatch):
    open_page(statement)
    time.passes(hours=1)
    monkeypatch.setattr("payments.gateway.gateway", lambda: None)

    assert (look(), look_at_refunds()) == (0, 0)


def test_an_attempt_that_ended_is_left_alone(provider, statement, time):
    attempt = open_page(statement)
    withdraw.withdraw(attempt, now=NOW, cause="test")
    time.passes(days=3)

    assert look() == 0


# --- refunds


@pytest.fixture
def approved(provider, statement, time):
    """An approved refund that was not sent yet."""
    refund = ask(paid(statement, provider), make_staff("finance"), 3000)
    refunds.approve(refund, decided_by=make_staff("finance"), now=NOW)
    return refund


@pytest.mark.parametrize("after", [False, True])
def test_a_refund_whose_answer_was_lost_is_made_once(provider, approved, time, after):
    provider.fail_next("create_refund", after=after)
    refunds.submit_refund(approved, now=NOW)
    assert state_of(approved) == "unknown"
    time.passes(minutes=1)

    assert look_at_refunds() == 1

    assert state_of(approved) == "pending"
    assert len(provider.refunds) == 1
    assert findings() == {}


def test_a_crash_while_a_refund_is_sent_ends_in_one_refund(provider, approved, time, settings):
    crash(settings, "refund.after_provider", lambda: refunds.submit_refund(approved, now=NOW))
    assert state_of(approved) == "submitting"
    time.passes(minutes=1)

    assert look_at_refunds() == 1

    assert state_of(approved) == "pending"
    assert len(provider.refunds) == 1


def test_a_refund_without_an_answer_is_looked_at_by_the_steps(provider, approved, time):
    provider.fail_next("create_refund")
    refunds.submit_refund(approved, now=NOW)
    waits = []
    for _ in range(4):
        approved.refresh_from_db()
        waits.append(approved.due_at - time.now)
        time.now = approved.due_at
        provider.fail_next("refunds_of")
        assert look_at_refunds() == 1

    assert waits == [*[timedelta(minutes=m) for m in MINUTES], timedelta(hours=1)]
    assert approved.changed_at == START  # its key is as old as its first sending


@pytest.mark.parametrize("there", [False, True])
def test_after_23_hours_a_refund_is_searched_for(provider, approved, time, there):
    provider.fail_next("create_refund", after=there)
    refunds.submit_refund(approved, now=NOW)
    time.passes(hours=23, minutes=1)
    assert look_at_refunds() == 1
    assert state_of(approved) == ("pending" if there else "unknown")
    time.passes(hours=1)
    janitor.look_after_refunds(now=NOW, everything=True)

    assert state_of(approved) == ("pending" if there else "failed")
    assert (provider.calls.count("create_refund"), len(provider.refunds)) == (1, int(there))
    assert findings() == {}


@pytest.mark.parametrize("outcome", ["succeeded", "failed"])
def test_a_refund_on_its_way_is_followed(provider, approved, time, outcome):
    refunds.submit_refund(approved, now=NOW)
    assert state_of(approved) == "pending"
    provider.settle_refund(approved.provider_id, outcome)
    time.passes(hours=1)

    assert look_at_refunds() == 1

    assert state_of(approved) == outcome
    assert findings() == {}


def test_a_refund_that_stays_on_its_way_is_given_to_a_person_once(provider, approved, time):
    refunds.submit_refund(approved, now=NOW)
    for _ in range(60):
        approved.refresh_from_db()
        time.now = approved.due_at or time.now
        look_at_refunds()

    assert stuck() == [f"stuck:refund-{approved.uid}"]


def test_trouble_with_one_refund_keeps_no_other_waiting(provider, approved, time):
    other = ask(paid(make_bill(FLAT), provider), make_staff("finance"), 100)
    refunds.approve(other, decided_by=make_staff("finance"), now=NOW)
    for refund in (approved, other):
        provider.fail_next("create_refund")
        refunds.submit_refund(refund, now=NOW)
    time.passes(minutes=1)
    provider.fail_next("create_refund", Refused("no", "charge_disputed"))

    assert look_at_refunds() == 2

    assert sorted([state_of(approved), state_of(other)]) == ["failed", "pending"]


# --- the task and the command


def test_the_task_looks_at_both(provider, approved, time):
    refunds.submit_refund(approved, now=NOW)
    attempt = open_page(make_bill(FLAT))
    provider.expire(attempt.session_id)
    provider.settle_refund(approved.provider_id)
    time.passes(hours=2)

    tasks.look_after_payments()

    assert (state_of(attempt), state_of(approved)) == ("expired", "succeeded")


def test_the_command_says_what_it_looked_at(provider, statement, time):
    open_page(statement)
    printed = StringIO()

    call_command("janitor", "--once", "--all", stdout=printed)

    assert printed.getvalue() == "1 payments and 0 refunds were looked at\n"


# --- two at once


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.parametrize("guarded", [False, True], ids=["without the guard", "with it"])
def test_two_janitors_share_no_look(provider, monkeypatch, guarded):
    attempts = [open_page(make_bill(FLAT)) for _ in range(6)]
    PaymentAttempt.objects.update(due_at=clock.real_now() - timedelta(seconds=1))
    provider.calls.clear()
    if not guarded:
        monkeypatch.setattr(steps, "take", lambda row: True)

    errors = together(*[look] * 4)

    assert errors == [None] * 4
    looks = provider.calls.count("session")
    assert looks == len(attempts) if guarded else looks > len(attempts)
