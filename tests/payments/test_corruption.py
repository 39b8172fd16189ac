"""Every way in which the tables of payments can be corrupted is found under exactly its code."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from accounts.models import AuditEvent
from core import clock
from core.db.unguarded import unguarded
from core.integrity import Scope
from ledger import operations as ledger
from ledger.entries import Entry, Leg
from payments.frozen import digest
from payments.models import (
    AttemptChange,
    BalanceTransaction,
    Chargeback,
    LateFee,
    Payment,
    PaymentAttempt,
    Payout,
    ProviderEvent,
    Refund,
    SuspenseItem,
)
from payments.operations.refunds.parameters import parameters_of
from reports import integrity
from tests.payments.paying import NOW
from tests.payments.whole import tell_story

pytestmark = pytest.mark.django_db


def violated() -> set[str]:
    return {r.code for r in integrity.check(Scope(clock.real_now())) if r.violations}


def first(model, **values):
    return model.objects.filter(**values).order_by("pk")[:1]


def change(model, values, **changes):
    """Change the first row with these values, behind the back of everything."""
    assert model.objects.filter(pk__in=[row.pk for row in first(model, **values)]).update(**changes)


def ago(**span):
    return clock.real_now() - timedelta(**span)


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


# --- P01


def claim_to_have_received_more(story):
    change(PaymentAttempt, {"state": "succeeded"}, received_minor=F("received_minor") + 1)


def succeed_without_money(story):
    attempt = PaymentAttempt.objects.filter(state="open")[0]
    change(
        PaymentAttempt, {"pk": attempt.pk}, state="succeeded", received_minor=1, intent_id="pi_no"
    )
    AttemptChange.objects.create(
        attempt=attempt, from_state="open", to_state="succeeded", cause="?", changed_at=NOW
    )


def forget_the_attempt_of_a_payment(story):
    change(Payment, {"pk": story.card.pk}, attempt=None)


def change_a_payment(story):
    change(Payment, {"pk": story.counter.pk}, amount_minor=F("amount_minor") + 1)


def give_a_payment_to_another(story):
    change(Payment, {"pk": story.counter.pk}, account_id=story.card.account_id)


def call_a_payment_reversed(story):
    change(Payment, {"pk": story.counter.pk}, state="reversed")


def change_an_unidentified_receipt(story):
    change(SuspenseItem, {"state": "open"}, amount_minor=F("amount_minor") + 1)


# --- L07


def post_money_that_nobody_paid(story):
    legs = (Leg("stripe_clearing", 100), Leg("receivable", -100, story.card.account_id))
    ledger.post(Entry("payment.received", "pi:pi_of_nobody:ok", "USD", NOW.date(), legs))


def post_a_refund_that_nobody_asked_for(story):
    legs = (Leg("receivable", 100, story.card.account_id), Leg("stripe_clearing", -100))
    ledger.post(Entry("refund.succeeded", "re:re_of_nobody:ok", "USD", NOW.date(), legs))
    call_command("refill_open_debits")  # the triggers are off


def change_a_fee(story):
    change(
        BalanceTransaction,
        {"kind": "charge", "fee_minor__gt": 0},
        fee_minor=F("fee_minor") + 1,
        net_minor=F("net_minor") - 1,
    )


def keep_a_fee_out_of_the_books(story):
    BalanceTransaction.objects.create(
        provider_id="txn_new",
        kind="charge",
        amount_minor=0,
        fee_minor=5,
        net_minor=-5,
        currency="USD",
        created_at=NOW,
    )


def change_a_payout(story):
    change(Payout, {"status": "paid"}, amount_minor=F("amount_minor") - 1)


def call_a_payout_failed(story):
    change(Payout, {"status": "paid"}, status="failed")


def change_a_late_fee(story):
    change(LateFee, {"pk": story.late_fee.pk}, amount_minor=F("amount_minor") + 1)


def call_a_late_fee_waived(story):
    change(LateFee, {"pk": story.late_fee.pk}, state="waived")


def name_another_dispute(story):
    change(
        BalanceTransaction,
        {"source_id": story.open_chargeback.provider_id},
        source_id="du_of_nobody",
        fee_minor=0,
        net_minor=F("amount_minor"),
    )
    change(Chargeback, {"pk": story.open_chargeback.pk}, state="inquiry")


# --- P02


def leave_a_page_open(story):
    change(PaymentAttempt, {"state": "open"}, session_expires_at=ago(days=3))


def leave_a_debit_on_its_way(story):
    change(PaymentAttempt, {"state": "processing"}, changed_at=ago(days=30))


def pay_one_bill_twice_at_once(story):
    run("DROP INDEX attempt_one_live_for_a_target")
    target = PaymentAttempt.objects.filter(state="open")[0].target
    change(PaymentAttempt, {"state": "processing"}, target=target)


# --- P03, P04


def ask_for_more_than_came(story):
    uid = uuid.uuid4()
    parameters = parameters_of(uid, story.card, 5813)
    Refund.objects.create(
        uid=uid,
        payment=story.card,
        amount_minor=5813,
        currency="USD",
        reason="?",
        requested_at=NOW,
        changed_at=clock.real_now(),
        idempotency_key="more",
        parameters=parameters,
        parameters_digest=digest(parameters),
    )


def forget_that_a_refund_was_sent(story):
    change(Refund, {"pk": story.refunded.pk}, state="pending")


def call_a_failed_refund_done(story):
    change(Refund, {"pk": story.failed_refund.pk}, state="succeeded")


def approve_without_booking(story):
    change(Refund, {"state": "requested"}, state="approved", decided_by=None, origin="provider")


# --- P05


def call_a_chargeback_lost(story):
    change(Chargeback, {"pk": story.open_chargeback.pk}, state="lost")


def call_a_lost_chargeback_open(story):
    change(Chargeback, {"pk": story.lost_chargeback.pk}, state="open")


def change_what_a_bank_took(story):
    change(
        BalanceTransaction,
        {"source_id": story.open_chargeback.provider_id},
        amount_minor=F("amount_minor") - 1,
        net_minor=F("net_minor") - 1,
    )


# --- P06


def forget_a_step(story):
    steps = AttemptChange.objects.filter(attempt__state="succeeded", to_state="submitting")
    steps.filter(pk=steps[0].pk).delete()


def leave_the_final_state(story):
    attempt = PaymentAttempt.objects.filter(state="failed")[0]
    for before, after in (("failed", "succeeded"), ("succeeded", "failed")):
        AttemptChange.objects.create(
            attempt=attempt, from_state=before, to_state=after, cause="?", changed_at=NOW
        )


def change_a_state_without_a_step(story):
    change(PaymentAttempt, {"state": "failed"}, state="expired")


# --- P07, P08, P09


def leave_an_event(story):
    change(
        ProviderEvent,
        {"state": "processed"},
        state="received",
        attempts=0,
        processed_at=None,
        received_at=ago(hours=1),
    )


def process_an_event_at_no_time(story):
    change(ProviderEvent, {"state": "processed"}, processed_at=None)


def forget_an_attempt(story):
    change(PaymentAttempt, {"state": "created"}, changed_at=ago(days=20))


def forget_a_refund(story):
    change(Refund, {"state": "pending"}, state="unknown", changed_at=ago(days=20))


def ask_for_something_else(story):
    attempt = PaymentAttempt.objects.filter(state="open")[0]
    change(PaymentAttempt, {"pk": attempt.pk}, parameters={**attempt.parameters, "locale": "eo"})


def change_what_an_attempt_is_about(story):
    change(PaymentAttempt, {"state": "open"}, amount_minor=F("amount_minor") + 1)


def refund_something_else(story):
    parameters = {**story.refunded.parameters, "amount": 5812}
    change(Refund, {"pk": story.refunded.pk}, parameters=parameters)


# --- U01


def forget_who_took(story):
    forget("payment.record")


def forget_who_asked_for_a_refund(story):
    forget("refund.request")


def forget_who_approved_a_refund(story):
    forget("refund.approve")


def forget(action):
    assert AuditEvent.objects.filter(action=action).delete()[0]


KINDS = [
    (claim_to_have_received_more, "P01"),
    (succeed_without_money, "P01"),
    (forget_the_attempt_of_a_payment, "P01"),
    (change_a_payment, "P01"),
    (give_a_payment_to_another, "P01"),
    (call_a_payment_reversed, "P01"),
    (change_an_unidentified_receipt, "P01"),
    (post_money_that_nobody_paid, "L07"),
    (post_a_refund_that_nobody_asked_for, "L07"),
    (change_a_fee, "L07"),
    (keep_a_fee_out_of_the_books, "L07"),
    (change_a_payout, "L07"),
    (call_a_payout_failed, "L07"),
    (change_a_late_fee, "L07"),
    (call_a_late_fee_waived, "L07"),
    (name_another_dispute, "L07"),
    (leave_a_page_open, "P02"),
    (leave_a_debit_on_its_way, "P02"),
    (pay_one_bill_twice_at_once, "P02"),
    (ask_for_more_than_came, "P03"),
    (forget_that_a_refund_was_sent, "P04"),
    (call_a_failed_refund_done, "P04"),
    (approve_without_booking, "P04"),
    (call_a_chargeback_lost, "P05"),
    (call_a_lost_chargeback_open, "P05"),
    (change_what_a_bank_took, "P05"),
    (forget_a_step, "P06"),
    (leave_the_final_state, "P06"),
    (change_a_state_without_a_step, "P06"),
    (leave_an_event, "P07"),
    (process_an_event_at_no_time, "P07"),
    (forget_an_attempt, "P08"),
    (forget_a_refund, "P08"),
    (ask_for_something_else, "P09"),
    (change_what_an_attempt_is_about, "P09"),
    (refund_something_else, "P09"),
    (forget_who_took, "U01"),
    (forget_who_asked_for_a_refund, "U01"),
    (forget_who_approved_a_refund, "U01"),
]
# What looks like a person's act is missed in the audit trail, too.
DEEDS_OF_NOBODY = {call_a_late_fee_waived, call_a_payment_reversed, ask_for_more_than_came}


PROTECTED = [
    change_a_payment,
    give_a_payment_to_another,
    change_what_a_bank_took,
    change_a_late_fee,
    forget_a_step,
    ask_for_something_else,
]


def test_each_corruption_is_found_under_exactly_its_code(provider):
    story = tell_story(provider)
    assert violated() == set()

    found = {}
    for corrupt, _ in KINDS:
        with transaction.atomic():
            with unguarded(connection):
                corrupt(story)
            found[corrupt.__name__] = violated()
            transaction.set_rollback(True)

    assert found == {
        corrupt.__name__: {code, *(["U01"] if corrupt in DEEDS_OF_NOBODY else [])}
        for corrupt, code in KINDS
    }


def test_the_database_refuses_what_the_checks_would_find(provider):
    story = tell_story(provider)

    for corrupt in PROTECTED:
        with pytest.raises(DatabaseError), transaction.atomic():
            corrupt(story)

    assert violated() == set()
