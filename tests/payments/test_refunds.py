"""Refunds: asked for, approved by another, sent once, followed to the end, and undone if need be."""

from __future__ import annotations

import itertools
import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import AuditEvent
from core.failpoints import FailpointHit
from notifications.models import Notice
from payments import tasks
from payments.gateway import Refused, Unanswered
from payments.models import PaymentCase, Refund
from payments.operations import receive, record_counter_payment, refunds
from payments.outcomes import Applied, PaymentMissing
from tests.payments.paying import NOW, legs, open_page, paid_state, stands
from tests.payments.returning import ask, findings, follow, found_money, paid, sums
from tests.statements.factories import FLAT, make_bill, make_staff, make_world

pytestmark = pytest.mark.django_db
PAID = {"receivable": 0, "stripe_clearing": 5812 - 47}


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.fixture
def statement():
    return make_bill(FLAT)  # 58.12


@pytest.fixture
def payment(statement, provider):
    return paid(statement, provider)


@pytest.fixture
def asker():
    return make_staff("finance")


@pytest.fixture
def decider():
    return make_staff("finance")


@pytest.fixture
def sent(payment, asker, decider, provider):
    """A refund of 30.00 that the provider knows and has not paid yet."""
    refund = ask(payment, asker, 3000)
    refunds.approve(refund, decided_by=decider, now=NOW)
    return refunds.submit_refund(refund, now=NOW)


def test_a_refund_from_the_request_to_the_payer(statement, payment, asker, decider, provider):
    refund = ask(payment, asker, 3000)
    assert (refund.state, paid_state(statement)) == ("requested", "settled")

    refunds.approve(refund, decided_by=decider, now=NOW)
    assert (refund.state, paid_state(statement), stands(statement)) == (
        "approved",
        "part_paid",
        3000,
    )
    assert legs(f"rf:{refund.pk}:req") == [("receivable", 3000), ("refunds_payable", -3000)]

    assert refunds.submit_due(now=NOW) == 1
    refund.refresh_from_db()
    assert refund.state == "pending"
    provider.settle_refund(refund.provider_id)
    assert follow(provider, refund.provider_id) == Applied.APPLIED
    assert follow(provider, refund.provider_id) == Applied.UNCHANGED

    refund.refresh_from_db()
    assert refund.state == "succeeded" and refund.due_at is None
    key = f"re:{refund.provider_id}:ok"
    assert legs(key) == [("refunds_payable", 3000), ("stripe_clearing", -3000)]
    notice = Notice.objects.get(kind="refund.sent")
    assert notice.subject == "We have refunded $30.00"
    assert f"$30.00 of your payment {payment.reference} back to Visa 4242" in notice.body
    actions = AuditEvent.objects.filter(object_type="payments.refund").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == ["refund.request", "refund.approve"]
    assert findings() == {}


def test_what_the_provider_is_asked_is_frozen_with_its_key(payment, asker):
    refund = ask(payment, asker, 3000)

    assert refund.idempotency_key == f"development:refund-{refund.uid}:create:1"
    assert refund.parameters == {
        "payment_intent": payment.intent_id,
        "amount": 3000,
        "metadata": {
            "refund": str(refund.uid),
            "account": payment.account.number,
            "environment": "development",
        },
    }


def test_a_refund_whose_words_were_changed_is_not_sent(payment, asker, decider, provider):
    refund = ask(payment, asker, 3000)
    refunds.approve(refund, decided_by=decider, now=NOW)
    refund.parameters["amount"] = 5812

    with pytest.raises(refunds.ParametersChanged):
        refunds.submit_refund(refund, now=NOW)
    assert "create_refund" not in provider.calls


@pytest.mark.parametrize("amount", [0, -1, 5813])
def test_no_more_than_came_is_refunded(payment, asker, amount):
    with pytest.raises(refunds.BadAmount) as raised:
        ask(payment, asker, amount)

    assert raised.value.limit_minor == 5812


def test_what_others_asked_for_counts_until_it_fails_or_is_rejected(payment, asker, decider):
    first = ask(payment, asker, 5000)
    with pytest.raises(refunds.BadAmount) as raised:
        ask(payment, asker, 813)
    assert raised.value.limit_minor == 812

    refunds.reject(first, decided_by=decider, reason="Wrong one", now=NOW)

    assert refunds.refundable_minor(payment) == 5812


def test_the_same_token_asks_once(payment, asker):
    token = uuid.uuid4()

    assert ask(payment, asker, 3000, token=token) == ask(payment, asker, 3000, token=token)
    assert Refund.objects.count() == 1


def test_a_reason_is_needed_and_cash_goes_another_way(statement, payment, asker):
    with pytest.raises(refunds.ReasonMissing):
        ask(payment, asker, 100, reason=" ")
    cash = record_counter_payment(
        statement.account, amount_minor=5, reference="R-1", received_on=NOW.date(), actor=None
    )
    with pytest.raises(refunds.NotRefundable):
        ask(cash, asker, 5)


def test_who_asks_does_not_decide(payment, asker):
    refund = ask(payment, asker, 3000)

    with pytest.raises(refunds.SamePerson):
        refunds.approve(refund, decided_by=asker, now=NOW)
    with pytest.raises(refunds.SamePerson):
        refunds.reject(refund, decided_by=asker, reason="No", now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(state="approved", decided_by=asker)
    assert Refund.objects.get().state == "requested"


def test_a_refund_is_decided_once(payment, asker, decider):
    refund = ask(payment, asker, 3000)
    refunds.approve(refund, decided_by=decider, now=NOW)

    with pytest.raises(refunds.AlreadyDecided):
        refunds.approve(refund, decided_by=decider, now=NOW)
    with pytest.raises(refunds.AlreadyDecided):
        refunds.reject(refund, decided_by=decider, reason="No", now=NOW)
    assert sums()["refunds_payable"] == -3000


def test_a_bank_debit_waits_until_its_bank_cannot_return_it(statement, asker, decider, provider):
    attempt = open_page(statement, method="bank_debit")
    intent = provider.succeed(provider.process(attempt.session_id))
    receive.apply_intent(intent, now=NOW, cause="test")
    refund = ask(attempt.payment, asker, 3000)

    with pytest.raises(refunds.StillReturnable) as raised:
        refunds.approve(refund, decided_by=decider, now=NOW)
    assert raised.value.until == attempt.payment.received_on + timedelta(days=60)
    with pytest.raises(refunds.StillReturnable):
        refunds.approve(refund, decided_by=decider, now=NOW + timedelta(days=60), override=" ")

    refunds.approve(refund, decided_by=decider, now=NOW, override="The payer moved abroad")

    event = AuditEvent.objects.get(action="refund.approve")
    assert event.detail["override"] == "The payer moved abroad"


def test_after_its_window_a_bank_debit_needs_no_words(statement, asker, decider, provider):
    attempt = open_page(statement, method="bank_debit")
    intent = provider.succeed(provider.process(attempt.session_id))
    receive.apply_intent(intent, now=NOW, cause="test")
    refund = ask(attempt.payment, asker, 3000)

    refunds.approve(refund, decided_by=decider, now=NOW + timedelta(days=61))

    assert refund.state == "approved"


def test_a_lost_answer_is_asked_for_again_and_refunds_once(payment, asker, decider, provider):
    refund = ask(payment, asker, 3000)
    refunds.approve(refund, decided_by=decider, now=NOW)
    provider.fail_next("create_refund", Unanswered("timeout"), after=True)

    refunds.submit_refund(refund, now=NOW)
    assert (refund.state, refund.error) == ("unknown", "timeout")
    assert refund.due_at > refund.changed_at
    refunds.submit_refund(refund, now=NOW)

    assert refund.state == "pending"
    assert len(provider.refunds) == 1
    assert findings() == {}


def test_a_refusal_takes_the_request_back(statement, payment, asker, decider, provider):
    refund = ask(payment, asker, 3000)
    refunds.approve(refund, decided_by=decider, now=NOW)
    provider.fail_next("create_refund", Refused("no", "charge_disputed"))

    refunds.submit_refund(refund, now=NOW)

    assert (refund.state, refund.failure_code) == ("failed", "charge_disputed")
    assert legs(f"rf:{refund.pk}:undo") == [("receivable", -3000), ("refunds_payable", 3000)]
    assert (stands(statement), paid_state(statement)) == (0, "settled")
    assert PaymentCase.objects.get(kind="refund_failed").account == payment.account
    assert Notice.objects.filter(kind="refund.failed").count() == 1
    assert refunds.refundable_minor(payment) == 5812
    assert findings() == {}


def test_a_refusal_after_a_lost_yes_is_no_failure(payment, asker, decider, provider):
    """The key was forgotten meanwhile; what exists there counts."""
    refund = ask(payment, asker)
    refunds.approve(refund, decided_by=decider, now=NOW)
    provider.fail_next("create_refund", Unanswered("timeout"), after=True)
    refunds.submit_refund(refund, now=NOW)
    provider._keys.clear()

    refunds.submit_refund(refund, now=NOW)

    assert refund.state == "pending" and len(provider.refunds) == 1


def test_a_part_refund_whose_key_was_forgotten_is_not_made_twice(payment, asker, decider, provider):
    refund = ask(payment, asker, 1000)
    refunds.approve(refund, decided_by=decider, now=NOW)
    provider.fail_next("create_refund", Unanswered("timeout"), after=True)
    refunds.submit_refund(refund, now=NOW)
    provider._keys.clear()

    refunds.submit_refund(refund, now=NOW)

    assert refund.state == "pending" and len(provider.refunds) == 1


def test_what_was_refused_and_exists_all_the_same_is_booked(payment, asker, decider, provider):
    refund = ask(payment, asker, 3000)
    refunds.approve(refund, decided_by=decider, now=NOW)
    provider.fail_next("create_refund", Refused("no"))
    refunds.submit_refund(refund, now=NOW)
    made = provider._new_refund(refund.parameters)
    provider.settle_refund(made.id)

    follow(provider, made.id)

    refund.refresh_from_db()
    assert refund.state == "succeeded"
    assert sums()["stripe_clearing"] == 5812 - 47 - 3000
    assert "refunds_payable" not in sums()
    assert findings() == {}


def test_only_approved_refunds_are_sent(payment, asker, decider, provider):
    refund = ask(payment, asker, 3000)
    with pytest.raises(refunds.NotSendable):
        refunds.submit_refund(refund, now=NOW)
    refunds.reject(refund, decided_by=decider, reason="No", now=NOW)

    assert refunds.submit_due(now=NOW) == 0
    assert sums().get("refunds_payable") is None


def test_without_a_provider_an_approved_refund_waits(payment, asker, decider, monkeypatch):
    refund = ask(payment, asker, 3000)
    refunds.approve(refund, decided_by=decider, now=NOW)
    monkeypatch.setattr("payments.gateway.gateway", lambda: None)

    assert refunds.submit_due(now=NOW) == 0
    with pytest.raises(refunds.ProviderMissing):
        refunds.submit_refund(refund, now=NOW)
    assert Refund.objects.get().state == "approved"


def test_the_sweep_sends_what_is_approved(payment, asker, decider, provider):
    refund = ask(payment, asker, 3000)
    refunds.approve(refund, decided_by=decider, now=NOW)

    tasks.submit_refunds()
    tasks.submit_refunds()

    refund.refresh_from_db()
    assert (refund.state, refund.lease_owner, refund.attempts) == ("pending", "", 1)
    assert provider.calls.count("create_refund") == 1


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_a_refund_that_fails_pays_the_bill_again(statement, payment, sent, provider, status):
    provider.settle_refund(sent.provider_id, status, "expired_or_canceled_card")

    follow(provider, sent.provider_id)

    sent.refresh_from_db()
    assert (sent.state, sent.failures) == ("failed", 1)
    assert (stands(statement), paid_state(statement)) == (0, "settled")
    key = f"re:{sent.provider_id}:fail:1"
    assert legs(key) == [("receivable", -3000), ("refunds_payable", 3000)]
    case = PaymentCase.objects.get(kind="refund_failed")
    assert case.detail["code"] == "expired_or_canceled_card"
    assert "on your account with us again" in Notice.objects.get(kind="refund.failed").body
    assert findings() == {}


def test_a_refund_that_fails_after_it_was_paid(statement, payment, sent, provider):
    provider.settle_refund(sent.provider_id)
    follow(provider, sent.provider_id)
    provider.settle_refund(sent.provider_id, "failed")

    follow(provider, sent.provider_id)

    key = f"re:{sent.provider_id}:fail:1"
    assert legs(key) == [("receivable", -3000), ("stripe_clearing", 3000)]
    assert paid_state(statement) == "settled"
    assert findings() == {}


@pytest.mark.parametrize(
    "order", sorted(set(itertools.permutations(["pending", "succeeded", "failed"])))
)
def test_every_order_of_news_ends_in_the_same_books(statement, payment, sent, provider, order):
    for status in order:
        for _ in range(2):
            follow(provider, sent.provider_id, status=status)

    sent.refresh_from_db()
    assert sent.state == "failed"
    assert sums() == {**sums(), "stripe_clearing": 5812 - 47}
    assert "refunds_payable" not in sums() and "receivable" not in sums()
    assert paid_state(statement) == "settled"
    assert findings() == {}


def test_a_refund_made_at_the_provider_is_taken_in_whole(statement, payment, provider):
    made = provider._new_refund({"payment_intent": payment.intent_id, "amount": 1000})
    provider.settle_refund(made.id)

    assert follow(provider, made.id) == Applied.APPLIED
    assert follow(provider, made.id) == Applied.UNCHANGED

    refund = Refund.objects.get()
    assert (refund.origin, refund.state, refund.decided_by) == ("provider", "succeeded", None)
    assert stands(statement) == 1000
    assert refunds.refundable_minor(payment) == 4812
    assert findings() == {}


def test_a_refund_that_a_restored_backup_forgot_keeps_its_name(payment, provider):
    uid = uuid.uuid4()
    metadata = {"refund": str(uid), "environment": "development"}
    made = provider._new_refund(
        {"payment_intent": payment.intent_id, "amount": 1000, "metadata": metadata}
    )

    follow(provider, made.id)

    assert Refund.objects.get().uid == uid


def test_another_installations_refund_is_left_alone(payment, provider):
    made = provider._new_refund(
        {"payment_intent": payment.intent_id, "metadata": {"environment": "staging"}}
    )

    assert follow(provider, made.id) == Applied.FOREIGN
    assert not Refund.objects.exists()


def test_a_refund_of_an_unknown_payment_names_it(sent, provider):
    with pytest.raises(PaymentMissing) as raised:
        follow(provider, sent.provider_id, id="re_other", intent_id="pi_unheard")

    assert raised.value.intent_id == "pi_unheard"


def test_a_refund_more_than_is_left_is_booked_when_the_provider_made_it(
    statement, payment, asker, decider, provider
):
    """Money that left us is in the books, however it came about; the checks then say so."""
    refund = ask(payment, asker)
    refunds.approve(refund, decided_by=decider, now=NOW)
    made = provider._new_refund({"payment_intent": payment.intent_id})
    provider.settle_refund(made.id)

    follow(provider, made.id)

    assert stands(statement) == 2 * 5812
    assert set(findings()) == {"P03"}


def test_money_of_nobody_goes_back_from_suspense(asker, decider, provider):
    item = found_money(provider)
    refund = ask(item, asker, 1500)
    refunds.approve(refund, decided_by=decider, now=NOW)
    assert legs(f"rf:{refund.pk}:req") == [("refunds_payable", -1500), ("suspense", 1500)]

    refunds.submit_refund(refund, now=NOW)
    provider.settle_refund(refund.provider_id)
    follow(provider, refund.provider_id)

    assert sums()["suspense"] == -2500
    assert refunds.refundable_minor(item) == 2500
    assert findings() == {}


def test_a_failed_refund_of_nobodys_money_is_in_suspense_again(asker, decider, provider):
    item = found_money(provider)
    refund = ask(item, asker, 1500)
    refunds.approve(refund, decided_by=decider, now=NOW)
    refunds.submit_refund(refund, now=NOW)
    provider.settle_refund(refund.provider_id, "failed")

    follow(provider, refund.provider_id)

    assert sums()["suspense"] == -4000
    assert findings() == {}


@pytest.mark.parametrize("change", [{"amount_minor": 1}, {"reason": "x"}, {"currency": "EUR"}])
def test_the_database_refuses_to_edit_a_refund(sent, change):
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        Refund.objects.filter(pk=sent.pk).update(**change)
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        Refund.objects.filter(pk=sent.pk).delete()


def crash_at(settings, name):
    settings.FAILPOINTS = f"{name}=raise"


def test_a_crash_after_the_approval_leaves_it_to_the_sweep(
    payment, asker, decider, provider, settings
):
    refund = ask(payment, asker, 3000)
    crash_at(settings, "refund.after_approval")
    with pytest.raises(FailpointHit):
        refunds.approve(refund, decided_by=decider, now=NOW)
    settings.FAILPOINTS = ""
    assert Refund.objects.get().state == "approved" and "create_refund" not in provider.calls

    tasks.submit_refunds()

    assert Refund.objects.get().state == "pending"
    assert findings() == {}


def test_a_crash_after_the_provider_refunded_is_healed_by_the_same_key(
    payment, asker, decider, provider, settings
):
    refund = ask(payment, asker, 3000)
    refunds.approve(refund, decided_by=decider, now=NOW)
    crash_at(settings, "refund.after_provider")
    with pytest.raises(FailpointHit):
        refunds.submit_refund(refund, now=NOW)
    settings.FAILPOINTS = ""
    refund.refresh_from_db()
    assert (refund.state, refund.provider_id) == ("submitting", None)

    refunds.submit_refund(refund, now=NOW)

    assert (refund.state, len(provider.refunds)) == ("pending", 1)
    assert findings() == {}


def test_what_was_searched_for_and_never_was_is_given_up(
    statement, payment, asker, decider, provider
):
    refund = ask(payment, asker, 3000)
    refunds.approve(refund, decided_by=decider, now=NOW)
    provider.fail_next("create_refund", Unanswered("timeout"))
    refunds.submit_refund(refund, now=NOW)

    refunds.give_up(refund, now=NOW)

    refund.refresh_from_db()
    assert (refund.state, refund.failure_code) == ("failed", "absent")
    assert (stands(statement), paid_state(statement)) == (0, "settled")
    assert findings() == {}
