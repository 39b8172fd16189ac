"""Refunds, disputes, payouts, and the sums of the balance."""

from __future__ import annotations

import pytest
import stripe

BANK = {"account": "000123456789"}


def debited(shop, amount=12_345):
    said = shop.sandbox.pay(shop.session(amount).id, **BANK)
    shop.sandbox.settle(payment_intent=said["payment_intent"])
    return shop.intent(said["payment_intent"])


def transaction(shop, which):
    return shop.api.balance_transactions.retrieve(which)


def test_a_card_is_refunded_at_once_up_to_what_was_paid(shop):
    intent = shop.paid()
    first = shop.api.refunds.create(
        {
            "payment_intent": intent.id,
            "amount": 5_000,
            "reason": "duplicate",
            "metadata": {"refund": "7"},
        }
    )

    assert (first.status, first.amount, first.metadata["refund"]) == ("succeeded", 5_000, "7")
    moved = transaction(shop, first.balance_transaction)
    assert (moved.type, moved.amount, moved.fee, moved.net) == ("refund", -5_000, 0, -5_000)
    with pytest.raises(
        stripe.InvalidRequestError,
        match=r"\$73\.46\) is greater than unrefunded amount on charge \(\$73\.45",
    ):
        shop.api.refunds.create({"payment_intent": intent.id, "amount": 7_346})
    shop.api.refunds.create({"payment_intent": intent.id})
    charge = shop.api.charges.retrieve(intent.latest_charge.id, {"expand": ["refunds"]})
    assert (charge.amount_refunded, charge.refunded) == (12_345, True)
    assert [refund.amount for refund in charge.refunds.data] == [7_345, 5_000]
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.api.refunds.create({"payment_intent": intent.id, "amount": 1})
    assert refusal.value.code == "charge_already_refunded"


def test_a_bank_debit_is_refunded_days_later(shop):
    intent = debited(shop)
    refund = shop.api.refunds.create({"payment_intent": intent.id, "amount": 100})
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    assert transaction(shop, refund.balance_transaction).type == "payment_refund"

    shop.sandbox.advance(days=5)

    assert shop.api.refunds.retrieve(refund.id).status == "succeeded"


@pytest.mark.parametrize("late", [True, False])
def test_a_refund_may_fail_even_after_it_succeeded(shop, late):
    intent = shop.paid(card="4000000000005126")
    refund = shop.api.refunds.create({"payment_intent": intent.id})
    assert refund.status == "succeeded"

    if late:
        shop.sandbox.advance(days=1)
    else:
        shop.sandbox.end_refund(refund.id, "failed", reason="lost_or_stolen_card")
    failed = shop.api.refunds.retrieve(refund.id)

    assert failed.status == "failed"
    assert failed.failure_reason == ("expired_or_canceled_card" if late else "lost_or_stolen_card")
    moved = transaction(shop, failed.failure_balance_transaction)
    assert (moved.type, moved.net, moved.reporting_category) == (
        "refund_failure",
        12_345,
        "refund_failure",
    )
    assert shop.api.charges.retrieve(intent.latest_charge.id).amount_refunded == 0
    assert shop.types()[-3:] == ["refund.updated", "charge.refund.updated", "refund.failed"]


def test_a_pending_refund_can_be_canceled_and_a_finished_one_not(shop):
    intent = shop.paid(card="4000000000007726")
    refund = shop.api.refunds.create({"payment_intent": intent.id})

    assert shop.api.refunds.cancel(refund.id).status == "canceled"
    assert shop.api.charges.retrieve(intent.latest_charge.id).amount_refunded == 0
    with pytest.raises(stripe.InvalidRequestError, match="cannot be canceled"):
        shop.api.refunds.cancel(refund.id)


def test_what_was_not_paid_is_not_refunded(shop):
    said = shop.sandbox.pay(shop.session().id, **BANK)

    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        shop.api.refunds.create({"payment_intent": said["payment_intent"]})


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_a_dispute_takes_the_money_and_may_give_it_back(shop, outcome):
    intent = shop.paid()
    dispute = shop.sandbox.dispute(intent.id, reason="product_not_received")
    found = shop.api.disputes.retrieve(dispute["id"])

    assert (found.status, found.amount, found.is_charge_refundable) == (
        "needs_response",
        12_345,
        False,
    )
    assert [(one.type, one.amount, one.fee, one.net) for one in found.balance_transactions] == [
        ("adjustment", -12_345, 1_500, -13_845)
    ]
    assert shop.api.charges.retrieve(found.charge).disputed is True
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.api.refunds.create({"payment_intent": intent.id})
    assert refusal.value.code == "charge_disputed"

    shop.sandbox.end_dispute(found.id, outcome)
    ended = shop.api.disputes.list({"payment_intent": intent.id}).data[0]

    assert ended.status == outcome
    assert sum(one.amount for one in ended.balance_transactions) == (
        0 if outcome == "won" else -12_345
    )
    with pytest.raises(AssertionError, match="cannot become"):
        shop.sandbox.end_dispute(found.id, "won")


def test_an_inquiry_moves_nothing_until_it_becomes_a_dispute(shop):
    intent = shop.paid()
    inquiry = shop.sandbox.dispute(intent.id, status="warning_needs_response")
    assert inquiry["balance_transactions"] == [] and inquiry["is_charge_refundable"] is True

    disputed = shop.sandbox.end_dispute(inquiry["id"], "needs_response")

    assert disputed["balance_transactions"][0]["net"] == -13_845
    assert shop.types()[-3:] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
    ]


def test_a_card_that_is_disputed_later(shop):
    intent = shop.paid(card="4000000000000259")
    shop.sandbox.settle()

    assert shop.api.disputes.list({"payment_intent": intent.id}).data[0].reason == "fraudulent"


def test_a_returned_debit_is_a_dispute_lost_at_once(shop):
    said = shop.sandbox.pay(shop.session().id, account="000000004954")
    shop.sandbox.advance(days=4)
    assert shop.intent(said["payment_intent"]).status == "succeeded"

    shop.sandbox.advance(days=2)
    returned = shop.api.disputes.list({"payment_intent": said["payment_intent"]}).data[0]

    assert (returned.status, returned.reason) == ("lost", "insufficient_funds")
    assert returned.balance_transactions[0].amount == -12_345
    assert shop.types()[-3:] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
    ]


def test_a_payout_is_the_sum_of_its_transactions_and_may_come_back(fresh):
    one, two = fresh.paid(10_000), debited(fresh, 20_000)
    fresh.api.refunds.create({"payment_intent": one.id, "amount": 9_000})
    fresh.sandbox.dispute(two.id)
    assert fresh.sandbox.pay_out() == []  # the balance is below zero

    fresh.paid(50_000)
    available = fresh.api.balance.retrieve().available[0].amount
    payout = fresh.api.payouts.retrieve(fresh.sandbox.pay_out()[0]["id"])
    moves = list(fresh.api.balance_transactions.list({"payout": payout.id}).auto_paging_iter())

    assert (payout.status, payout.reconciliation_status) == ("paid", "completed")
    assert payout.amount == available == sum(move.net for move in moves if move.type != "payout")
    assert sum(move.net for move in moves) == 0 and len(moves) == 6
    assert fresh.api.balance.retrieve().available == []

    failed = fresh.sandbox.end_payout(payout.id, "failed")
    back = transaction(fresh, failed["failure_balance_transaction"])
    assert (back.type, back.net, failed["status"]) == ("payout_failure", payout.amount, "failed")
    assert fresh.sandbox.pay_out()[0]["amount"] == payout.amount
    assert [kind for kind in fresh.types() if kind.startswith("payout")] == [
        "payout.created", "payout.paid", "payout.reconciliation_completed", "payout.failed",
        "payout.created", "payout.paid", "payout.reconciliation_completed",
    ]  # fmt: skip


def test_a_payout_may_be_on_its_way(fresh):
    fresh.paid()
    payout = fresh.sandbox.pay_out(status="in_transit")[0]
    assert payout["status"] == "in_transit"

    assert fresh.sandbox.end_payout(payout["id"], "paid")["status"] == "paid"


def test_the_balance_is_the_sum_of_everything(fresh):
    for amount in (5_000, 60_00, 7_777):
        fresh.paid(amount)
    moves = fresh.sandbox.books()["balance_transactions"]

    assert fresh.api.balance.retrieve().available[0].amount == sum(move["net"] for move in moves)
    assert all(move["net"] == move["amount"] - move["fee"] for move in moves)
