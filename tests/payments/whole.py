"""Everything that can become of a payment, once each, with nothing wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

from core import clock
from payments import operations
from payments.gateway import EventView
from payments.models import Chargeback, LateFee, Payment, ProviderEvent, Refund, SuspenseItem
from payments.operations import chargebacks, inbox, payouts, receive, refunds, suspense
from payments.operations.late_fees import waive
from tests.payments.late import charge, day, make_policy
from tests.payments.paying import NOW, begin, open_page
from tests.payments.returning import ask, follow, found_money, paid
from tests.statements.factories import FLAT, make_bill, make_staff, make_world

_serial = count(1)


@dataclass
class Whole:
    """The rows of each story, by name."""

    card: Payment
    refunded: Refund
    failed_refund: Refund
    open_chargeback: Chargeback
    lost_chargeback: Chargeback
    resolved: SuspenseItem
    counter: Payment
    late_fee: LateFee


def tell_story(provider) -> Whole:
    """Let everything happen once; the provider's books and ours agree at the end."""
    make_world()
    asker, decider = make_staff("finance"), make_staff("finance")
    card = paid(make_bill(FLAT), provider)
    _attempts(provider)
    item = _suspense(provider, decider)
    refunded, failed = _refunds(provider, asker, decider)
    chargeback = _chargebacks(provider)
    counter = _counter(decider)
    _payouts(provider)
    fee = _late_fees(decider)
    _events(provider)
    return Whole(card, refunded, failed, chargeback["open"], chargeback["lost"], item, counter, fee)


def ring(provider, object_type, object_id, event_type) -> EventView:
    """Let the provider tell of an object, and keep the event in its list."""
    number = next(_serial)
    body = {"id": f"evt_whole_{number}", "type": event_type, "object": {"id": object_id}}
    event = EventView(
        id=body["id"],
        type=event_type,
        object_type=object_type,
        object_id=object_id,
        api_version="2026-10-28.endive",
        account="",
        is_livemode=False,
        created_at=clock.real_now() - timedelta(hours=1),
        payload=json.dumps(body),
    )
    provider.events.insert(0, event)
    return event


def _attempts(provider) -> None:
    open_page(make_bill(FLAT))
    begin(make_bill(FLAT))
    debit = open_page(make_bill(FLAT), method="bank_debit")
    intent = provider.process(debit.session_id)
    receive.apply_intent(intent, now=NOW, cause="test")
    receive.apply_intent(provider.fail(intent), now=NOW, cause="test")
    underway = open_page(make_bill(FLAT), method="bank_debit")
    receive.apply_intent(provider.process(underway.session_id), now=NOW, cause="test")
    late = open_page(make_bill(FLAT))
    receive.apply_session(provider.expire(late.session_id), now=NOW, cause="test")
    receive.apply_intent(provider.pay(late.session_id), now=NOW, cause="test")
    paid(make_bill(FLAT), provider, amount=3000)
    feeless = open_page(make_bill(FLAT))
    receive.apply_intent(provider.pay(feeless.session_id, with_fee=False), now=NOW, cause="test")


def _suspense(provider, decider) -> SuspenseItem:
    foreign = open_page(make_bill(FLAT))
    receive.apply_intent(provider.pay(foreign.session_id, currency="EUR"), now=NOW, cause="test")
    _found(provider)
    item = _found(provider, 2500)
    suspense.resolve(item, make_bill(FLAT).account, actor=decider, now=NOW)
    return item


def _found(provider, amount=4000) -> SuspenseItem:
    """Take in money of nobody known, which moved our balance there."""
    item = found_money(provider, amount)
    moved = provider.intents[item.intent_id].charge.balance
    provider.balances[moved.id] = moved
    return item


def _refunds(provider, asker, decider) -> tuple[Refund, Refund]:
    def refund(receipt, amount) -> Refund:
        asked = ask(receipt, asker, amount)
        refunds.approve(asked, decided_by=decider, now=NOW)
        return refunds.submit_refund(asked, now=NOW)

    done = refund(paid(make_bill(FLAT), provider), 2000)
    follow(provider, done.provider_id, status="pending")
    provider.settle_refund(done.provider_id)
    follow(provider, done.provider_id)
    failed = refund(paid(make_bill(FLAT), provider), 5812)
    provider.settle_refund(failed.provider_id, "failed", "declined")
    follow(provider, failed.provider_id)
    after = refund(paid(make_bill(FLAT), provider), 5812)
    provider.settle_refund(after.provider_id)
    follow(provider, after.provider_id)
    provider.settle_refund(after.provider_id, "failed", "lost_card")
    follow(provider, after.provider_id)
    refund(paid(make_bill(FLAT), provider), 100)  # on its way
    of_nobody = refund(_found(provider), 4000)
    provider.settle_refund(of_nobody.provider_id)
    follow(provider, of_nobody.provider_id)
    there = paid(make_bill(FLAT), provider)
    made = provider.create_refund({"payment_intent": there.intent_id, "amount": 900}, key="there")
    provider.settle_refund(made.id)
    follow(provider, made.id)
    ask(there, asker, 10)
    refunds.reject(ask(there, asker, 20), decided_by=decider, reason="Too late", now=NOW)
    done.refresh_from_db()
    failed.refresh_from_db()
    return done, failed


def _chargebacks(provider) -> dict[str, Chargeback]:
    def apply(view) -> Chargeback:
        chargebacks.apply_dispute(view, now=NOW, cause="test")
        return Chargeback.objects.get(provider_id=view.id)

    found = {"open": apply(provider.open_dispute(paid(make_bill(FLAT), provider).intent_id))}
    for outcome in ("won", "lost"):
        view = provider.open_dispute(paid(make_bill(FLAT), provider).intent_id)
        apply(view)
        found[outcome] = apply(provider.close_dispute(view.id, outcome))
    part = provider.open_dispute(paid(make_bill(FLAT), provider).intent_id, amount=1000)
    apply(part)
    apply(provider.close_dispute(part.id, "lost"))
    intent_id = paid(make_bill(FLAT), provider).intent_id
    apply(provider.open_dispute(intent_id, status="warning_needs_response"))
    return found


def _counter(actor) -> Payment:
    def pay() -> Payment:
        return operations.record_counter_payment(
            make_bill(FLAT).account,
            amount_minor=5812,
            reference=f"W-{next(_serial)}",
            received_on=NOW.date(),
            actor=actor,
        )

    operations.reverse_counter_payment(pay(), reason="Typed", reversed_on=NOW.date(), actor=actor)
    return pay()


def _payouts(provider) -> None:
    payouts.apply_payout(provider.pay_out(9000), now=NOW, cause="test")
    failed = provider.pay_out(700)
    payouts.apply_payout(failed, now=NOW, cause="test")
    payouts.apply_payout(fail_payout(provider, failed), now=NOW, cause="test")


def fail_payout(provider, payout):
    """Let the bank return a payout."""
    back = provider.move_balance("payout_failure", payout.amount, payout.id)
    provider.payouts[payout.id] = replace(payout, status="failed", failure_balance=back)
    return provider.payouts[payout.id]


def _late_fees(actor) -> LateFee:
    make_policy()
    charge(day(6))
    waived, charged = LateFee.objects.order_by("-pk")[:2]
    waive(waived, reason="Kindness", actor=actor, waived_on=day(7))
    return charged


def _events(provider) -> None:
    done = ring(provider, "payment_intent", "pi_x", "payment_intent.succeeded")
    ignored = ring(provider, "customer", "cus_x", "customer.deleted")
    for event in (done, ignored):
        inbox.receive(event, source=ProviderEvent.Source.WEBHOOK, received_at=event.created_at)
    ProviderEvent.objects.filter(pk=done.id).update(
        state="processed", processed_at=clock.real_now()
    )
