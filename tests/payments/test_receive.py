"""Receiving money: whole lives worked by hand, and the law that any order ends in the same books."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import count, pairwise

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent
from core.failpoints import FailpointHit
from ledger.models import Allocation, JournalEntry, Posting
from notifications.models import Notice
from payments import operations, queries, words
from payments.gateway import ChargeView, IntentView
from payments.models import (
    AttemptChange,
    BalanceTransaction,
    Payment,
    PaymentAttempt,
    PaymentCase,
    SuspenseItem,
)
from payments.operations import attempts, look, moves, receive
from payments.operations.submit import submit
from payments.outcomes import Applied
from payments.states import NEXT
from tests.accounts.factories import make_account
from tests.ledger.books import settle_deferred, violations
from tests.payments.paying import NOW, begin, legs, open_page, paid_state, stands, steps
from tests.payments.provider import FakeGateway
from tests.statements.factories import (
    FLAT,
    IN_DECEMBER,
    NOVEMBER,
    OCTOBER,
    bill,
    make_bill,
    make_home,
    make_world,
    read_steadily,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world():
    """A utility; and when a test is over, its books keep every law of the ledger."""
    make_world()
    yield
    settle_deferred()
    assert violations() == {}


@pytest.fixture
def statement():
    return make_bill(FLAT)  # 58.12


def apply(intent, cause="evt_1"):
    return receive.apply_intent(intent, now=NOW, cause=cause)


def fresh(attempt) -> PaymentAttempt:
    attempt.refresh_from_db()
    return attempt


def kinds() -> list[str]:
    return sorted(PaymentCase.objects.values_list("kind", flat=True))


def told() -> list[str]:
    wanted = Notice.objects.filter(kind__startswith="payment.").order_by("pk")
    return list(wanted.values_list("subject", flat=True))


# --- lives worked by hand


def test_a_card_pays_a_bill(statement, provider):
    """
    received   58.12 at the provider, less owed
    fee         0.47 of it is the provider's
    """
    attempt = open_page(statement)

    intent = provider.pay(attempt.session_id)
    assert apply(intent) == Applied.APPLIED

    assert legs(f"pi:{intent.id}:ok") == [("receivable", -5812), ("stripe_clearing", 5812)]
    fee = intent.charge.balance.id
    assert legs(f"bt:{fee}:fee") == [("psp_fees", 47), ("stripe_clearing", -47)]
    assert (stands(statement), paid_state(statement)) == (0, "settled")
    payment = Payment.objects.get()
    assert (payment.reference, payment.amount_minor, payment.currency, payment.method) == (
        attempt.reference,
        5812,
        "USD",
        "card",
    )
    assert (payment.instrument, payment.charge_id) == ("Visa 4242", intent.charge.id)
    assert (payment.attempt, payment.intent_id) == (attempt, intent.id)
    assert payment.received_on == date(2026, 11, 10)
    attempt = fresh(attempt)
    assert (attempt.state, attempt.received_minor, attempt.due_at) == ("succeeded", 5812, None)
    assert steps(attempt)[-1] == ("succeeded", "evt_1")
    assert told() == ["We have received $58.12"]
    notice = Notice.objects.get(kind="payment.received")
    assert notice.link == f"/payments/{attempt.reference}/"
    assert attempt.reference in notice.body and "Visa 4242" in notice.body
    assert AuditEvent.objects.filter(action="payment.receive").count() == 1
    assert kinds() == []


def test_everything_may_be_told_any_number_of_times(statement, provider):
    attempt = open_page(statement)
    intent = provider.pay(attempt.session_id)
    session = provider.sessions[attempt.session_id]
    apply(intent)
    counts = [model.objects.count() for model in COUNTED]

    for _ in range(3):
        assert apply(intent, "evt_2") == Applied.UNCHANGED
        assert receive.apply_session(session, now=NOW, cause="poll") == Applied.UNCHANGED

    assert [model.objects.count() for model in COUNTED] == counts


COUNTED = (JournalEntry, Posting, Allocation, Payment, Notice, AttemptChange, BalanceTransaction)


def test_a_card_is_declined_and_the_next_one_pays(statement, provider):
    attempt = open_page(statement)

    apply(provider.decline(attempt.session_id))
    assert (fresh(attempt).state, attempt.failure_code) == ("open", "card_declined")
    assert told() == []  # the page says it
    apply(provider.pay(attempt.session_id))

    assert (fresh(attempt).state, attempt.failure_code) == ("succeeded", "")
    assert stands(statement) == 0


def test_a_declined_card_and_a_forgotten_page_have_failed(statement, provider):
    attempt = open_page(statement)
    apply(provider.decline(attempt.session_id))
    page = provider.expire(attempt.session_id)

    receive.apply_session(page, now=NOW, cause="evt_2")

    assert (fresh(attempt).state, attempt.failure_code) == ("failed", "card_declined")
    assert told() == []


def test_a_payment_that_waits_for_its_bank(statement, provider):
    attempt = open_page(statement)
    apply(provider.challenge(attempt.session_id))
    assert fresh(attempt).state == "requires_action"

    apply(provider.pay(attempt.session_id))
    assert fresh(attempt).state == "succeeded"


def test_a_bank_debit_is_on_its_way_for_days_and_succeeds(statement, provider):
    attempt = open_page(statement, method="bank_debit")
    intent = provider.process(attempt.session_id)

    apply(intent)
    at = queries.standing(statement.account)
    assert (fresh(attempt).state, at.balance, at.processing, at.payable) == (
        "processing",
        5812,
        5812,
        0,
    )
    assert not Payment.objects.exists()
    apply(provider.succeed(intent))

    assert (fresh(attempt).state, stands(statement)) == ("succeeded", 0)
    assert Payment.objects.get().method == "bank_debit"
    assert queries.standing(statement.account).reserved == 0


def test_a_bank_debit_fails_and_the_customer_hears_it(statement, provider):
    attempt = open_page(statement, method="bank_debit")
    intent = provider.process(attempt.session_id)
    apply(intent)

    apply(provider.fail(intent))
    apply(provider.fail(intent), "evt_2")

    assert (fresh(attempt).state, attempt.failure_code) == ("failed", "insufficient_funds")
    assert told() == ["Your payment of $58.12 did not succeed"]
    notice = Notice.objects.get(kind="payment.failed")
    assert words.failure("insufficient_funds") in notice.body
    assert queries.standing(statement.account).payable == 5812
    assert begin(statement).state == "created"


def test_a_debit_that_failed_before_anybody_looked(statement, provider):
    attempt = open_page(statement, method="bank_debit")
    provider.fail(provider.process(attempt.session_id))

    look.look(attempt, now=NOW, cause="janitor")

    assert (fresh(attempt).state, attempt.failure_code) == ("failed", "insufficient_funds")
    assert [state for state, _ in steps(attempt)][-2:] == ["processing", "failed"]


def test_a_declined_card_and_an_expired_page_that_nobody_watched(statement, provider):
    attempt = open_page(statement)
    provider.decline(attempt.session_id)
    provider.expire(attempt.session_id)

    look.look(attempt, now=NOW, cause="janitor")

    assert (fresh(attempt).state, attempt.failure_code) == ("failed", "card_declined")


def test_the_page_alone_says_that_a_debit_is_on_its_way(statement, provider):
    attempt = open_page(statement, method="bank_debit")
    provider.process(attempt.session_id)

    receive.apply_session(provider.sessions[attempt.session_id], now=NOW, cause="evt_1")

    assert fresh(attempt).state == "processing"
    assert attempt.intent_id in provider.intents


def test_a_page_that_is_paid_books_nothing_of_itself(statement, provider):
    attempt = open_page(statement)
    provider.pay(attempt.session_id)

    receive.apply_session(provider.sessions[attempt.session_id], now=NOW, cause="evt_1")

    assert (fresh(attempt).state, stands(statement)) == ("open", 5812)
    assert attempt.intent_id in provider.intents  # and the janitor looks at it now


def test_part_of_a_bill(statement, provider):
    attempt = open_page(statement, 2000)
    apply(provider.pay(attempt.session_id))

    assert (stands(statement), paid_state(statement)) == (3812, "part_paid")
    rest = open_page(statement, 3812)
    apply(provider.pay(rest.session_id))
    assert (stands(statement), paid_state(statement)) == (0, "settled")


def test_more_than_the_bill_is_credit_and_no_case(statement, provider):
    attempt = open_page(statement, 6000)
    apply(provider.pay(attempt.session_id))

    assert (stands(statement), kinds()) == (-188, [])
    assert "$1.88 of it stays as credit" in Notice.objects.get(kind="payment.received").body


def test_the_chosen_bill_is_paid_before_an_older_one(provider):
    home = make_home(FLAT)
    read_steadily(home.channel, OCTOBER)
    older = bill(home)
    read_steadily(home.channel, NOVEMBER)
    newer = bill(home, "2026-11", as_of=IN_DECEMBER)
    attempt = open_page(newer, newer.total_minor)

    apply(provider.pay(attempt.session_id))

    assert (paid_state(older), paid_state(newer)) == ("open", "settled")


def test_the_fee_is_booked_when_it_is_told(statement, provider):
    attempt = open_page(statement)
    intent = provider.pay(attempt.session_id, with_fee=False)
    apply(intent)
    assert not BalanceTransaction.objects.exists()

    apply(provider.learn_fee(intent), "charge.updated")
    apply(provider.intents[intent.id], "again")

    assert JournalEntry.objects.filter(event_type="payment.fee").count() == 1
    assert Payment.objects.count() == 1


def test_a_crash_while_booking_leaves_nothing_and_the_next_look_books(
    statement, provider, settings
):
    attempt = open_page(statement)
    intent = provider.pay(attempt.session_id)
    settings.FAILPOINTS = "payment.before_commit=raise"
    with pytest.raises(FailpointHit):
        apply(intent)
    settings.FAILPOINTS = ""
    assert (fresh(attempt).state, stands(statement), told()) == ("open", 5812, [])

    assert apply(intent) == Applied.APPLIED
    assert (fresh(attempt).state, stands(statement)) == ("succeeded", 0)


def test_a_crash_after_booking_loses_nothing(
    statement, provider, settings, django_capture_on_commit_callbacks
):
    attempt = open_page(statement)
    intent = provider.pay(attempt.session_id)
    settings.FAILPOINTS = "payment.after_commit=raise"
    with pytest.raises(FailpointHit), django_capture_on_commit_callbacks(execute=True):
        apply(intent)
    settings.FAILPOINTS = ""

    assert apply(intent) == Applied.UNCHANGED
    assert (stands(statement), told()) == (0, ["We have received $58.12"])


# --- what is not as it was asked


@pytest.mark.parametrize(("received", "left"), [(5000, 812), (6000, -188)])
def test_another_amount_is_booked_as_it_came(statement, provider, received, left):
    attempt = open_page(statement)

    apply(provider.pay(attempt.session_id, amount=received))

    assert (stands(statement), fresh(attempt).received_minor) == (left, received)
    assert (attempt.state, kinds()) == ("succeeded", ["amount_mismatch"])
    assert PaymentCase.objects.get().detail == {
        "asked_minor": 5812,
        "received_minor": received,
        "currency": "USD",
    }


def test_another_currency_is_never_converted(statement, provider):
    attempt = open_page(statement)
    intent = provider.pay(attempt.session_id, currency="EUR")

    assert apply(intent) == Applied.UNMATCHED
    assert apply(intent, "evt_2") == Applied.UNCHANGED

    assert (fresh(attempt).state, attempt.failure_code) == ("failed", "currency_mismatch")
    assert legs(f"pi:{intent.id}:ok") == [("stripe_clearing", 5812), ("suspense", -5812)]
    assert JournalEntry.objects.get(source_key=f"pi:{intent.id}:ok").currency == "EUR"
    assert (stands(statement), kinds()) == (5812, ["currency_mismatch"])
    assert not Payment.objects.exists()


@pytest.mark.parametrize("state", ["failed", "expired", "cancelled", "abandoned"])
def test_late_money_is_taken_and_needs_a_case_only_if_nobody_needed_it(statement, provider, state):
    attempt = open_page(statement)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state=state)

    apply(provider.pay(attempt.session_id))

    assert (fresh(attempt).state, stands(statement), kinds()) == ("succeeded", 0, [])


def test_late_money_for_what_was_paid_otherwise_is_credit_and_a_case(statement, provider):
    attempt = open_page(statement)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state="expired")
    operations.record_counter_payment(
        statement.account,
        amount_minor=5812,
        reference="R-1",
        received_on=date(2026, 11, 10),
        actor=None,
    )

    apply(provider.pay(attempt.session_id))

    assert (fresh(attempt).state, stands(statement)) == ("succeeded", -5812)
    assert kinds() == ["late_success"]


def test_paid_by_cash_while_the_card_was_paying_is_credit(statement, provider):
    attempt = open_page(statement)
    operations.record_counter_payment(
        statement.account,
        amount_minor=5812,
        reference=attempt.reference,  # the cashier types the reference from her phone
        received_on=date(2026, 11, 10),
        actor=None,
    )

    apply(provider.pay(attempt.session_id))

    assert stands(statement) == -5812
    assert sorted(Payment.objects.values_list("reference", flat=True)) == [
        attempt.reference,
        f"{attempt.reference}-online",
    ]


# --- whose is it?


def of_nobody(**changes) -> IntentView:
    values = {
        "id": "pi_stranger",
        "status": "succeeded",
        "amount": 1000,
        "amount_received": 1000,
        "currency": "USD",
        "charge": ChargeView("ch_1", 1000, "card", "Visa 4242", None),
        "failure_code": "",
        "created_at": NOW,
        "is_livemode": False,
        "metadata": {},
    }
    return IntentView(**{**values, **changes})


def test_money_of_nobody_waits_in_suspense():
    assert apply(of_nobody()) == Applied.UNMATCHED
    assert apply(of_nobody()) == Applied.UNCHANGED

    assert SuspenseItem.objects.get().amount_minor == 1000
    assert kinds() == ["unknown_payer"]


def test_an_unpaid_stranger_moves_nothing():
    assert apply(of_nobody(status="processing", amount_received=0)) == Applied.UNCHANGED
    assert not SuspenseItem.objects.exists()


def test_another_installation_s_money_is_not_ours():
    elsewhere = {"environment": "production", "account": "123"}

    assert apply(of_nobody(metadata=elsewhere)) == Applied.FOREIGN
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize("uid", ["", "no uuid", "0" * 400])
def test_nonsense_in_the_metadata_matches_nothing(uid):
    assert apply(of_nobody(metadata={"attempt": uid, "account": "1"})) == Applied.UNMATCHED


def lost(statement, **changes) -> IntentView:
    """Return a payment whose attempt a restored backup does not know."""
    metadata = {
        "attempt": "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
        "account": statement.account.number,
        "reference": "K7QP-3MXF-W2",
        "statement": str(statement.pk),
        "environment": "development",
    }
    values = {"amount": 5812, "amount_received": 5812, "metadata": metadata, **changes}
    return of_nobody(**values)


def test_an_attempt_lost_with_the_database_is_written_again(statement):
    assert apply(lost(statement)) == Applied.APPLIED
    assert apply(lost(statement)) == Applied.UNCHANGED

    attempt = PaymentAttempt.objects.get()
    assert (str(attempt.uid)[:8], attempt.reference) == ("1b4e28ba", "K7QP-3MXF-W2")
    assert (attempt.statement, attempt.amount_minor) == (statement, 5812)
    assert steps(attempt) == [("succeeded", "restored")]
    assert (stands(statement), paid_state(statement)) == (0, "settled")


def test_a_lost_debit_on_its_way_reserves_again(statement):
    apply(lost(statement, status="processing", amount_received=0))
    assert queries.standing(statement.account).processing == 5812

    apply(lost(statement))
    assert PaymentAttempt.objects.get().state == "succeeded"
    assert stands(statement) == 0


def test_a_lost_attempt_without_its_account_is_money_of_nobody(statement):
    metadata = {**lost(statement).metadata, "account": "0000000000"}
    assert apply(lost(statement, metadata=metadata)) == Applied.UNMATCHED


def test_what_was_lost_in_another_currency_or_under_a_taken_reference_waits(statement, provider):
    taken = {**lost(statement).metadata, "reference": begin(statement).reference}

    assert apply(lost(statement, id="pi_a", metadata=taken)) == Applied.UNMATCHED
    assert apply(lost(statement, id="pi_b", currency="EUR")) == Applied.UNMATCHED
    assert stands(statement) == 5812


def test_a_second_payment_under_one_attempt_is_not_booked_on_it(statement, provider):
    attempt = open_page(statement)
    intent = provider.pay(attempt.session_id)
    apply(intent)

    assert apply(replace(intent, id="pi_other")) == Applied.UNMATCHED

    assert (stands(statement), Payment.objects.count()) == (0, 1)
    assert SuspenseItem.objects.get().why == "second_payment"


def test_an_attempt_is_found_by_its_payment_when_the_metadata_is_gone(statement, provider):
    attempt = open_page(statement)
    intent = provider.challenge(attempt.session_id)
    apply(intent)

    apply(replace(provider.pay(attempt.session_id), metadata={}))

    assert fresh(attempt).state == "succeeded"


# --- the law: the last word of the provider decides, whatever came before it


def lives() -> list[list[str]]:
    return [
        ["decline", "pay"],
        ["challenge", "pay"],
        ["process", "succeed"],
        ["process", "fail"],
        ["decline", "expire"],
        ["challenge", "decline", "pay"],
        ["process"],
        ["expire"],
    ]


def snapshots(provider, attempt, life) -> list[IntentView]:
    """Live a life at the provider; return its payment as it was after each step."""
    seen, session = [], attempt.session_id
    for step in life:
        act = getattr(provider, step)
        page = provider.sessions[session]
        act(page.intent_id if step in ("succeed", "fail") else session)
        if intent_id := provider.sessions[session].intent_id:
            seen.append(provider.intents[intent_id])
    return seen


def books(statement) -> dict[str, object]:
    return {
        "balance": stands(statement),
        "entries": sorted(JournalEntry.objects.values_list("event_type", flat=True)),
        "allocated": sorted(Allocation.objects.values_list("amount", flat=True)),
        "payments": Payment.objects.count(),
        "receipts": Notice.objects.filter(kind="payment.received").count(),
    }


serials = count(1000, 1000)  # all examples share one database


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_order_of_snapshots_ends_in_the_books_of_the_last(data):
    with pytest.MonkeyPatch.context() as patch:
        fake = FakeGateway(next(serials))
        patch.setattr("payments.gateway.gateway", lambda: fake)
        statement = make_bill(FLAT)
        attempt = open_page(statement)
        seen = snapshots(fake, attempt, data.draw(st.sampled_from(lives())))
        order = data.draw(st.lists(st.sampled_from(seen), max_size=8)) if seen else []

        with rolled_back():
            for view in seen[-1:]:
                apply(view)
            alone = books(statement)
        for view in [*order, *seen[-1:]]:
            apply(view)

        assert books(statement) == alone
        check_history(attempt)


@contextmanager
def rolled_back():
    """A savepoint that is taken back, also when all is well."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def check_history(attempt) -> None:
    """Every step of the history is one that the table allows, and each follows the last."""
    rows = list(attempt.changes.order_by("pk").values_list("from_state", "to_state"))
    for (_, before), (left, after) in pairwise(rows):
        assert left == before and after in NEXT[before]


def test_only_paid_is_final_and_everything_yields_to_it():
    final = {state for state, after in NEXT.items() if not after}

    assert final == {"succeeded"}
    assert all("succeeded" in after for state, after in NEXT.items() if state not in final)


def test_a_step_back_is_refused(statement, provider):
    attempt = open_page(statement)
    apply(provider.pay(attempt.session_id))

    with pytest.raises(moves.NotAllowed):
        moves.move(fresh(attempt), PaymentAttempt.State.OPEN, cause="nobody")


def test_credit_of_an_advance_payment_waits_for_the_next_bill(provider):
    account = make_account()
    attempt = attempts.begin(
        account,
        statement=None,
        amount_minor=2000,
        method="card",
        form_token=uuid.uuid4(),
        user=None,
        language="en",
        now=NOW,
    )
    apply(provider.pay(submit(attempt, now=NOW).session_id))

    at = queries.standing(account)
    assert (at.balance, at.credit, at.payable) == (-2000, 2000, 0)
    assert kinds() == []
