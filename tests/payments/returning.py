"""Helpers of the tests about money that goes back: a paid bill, the sums of the books, checks."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime

from django.db.models import Sum

from core.integrity import Scope
from ledger.models import Posting
from payments.gateway import BalanceView, ChargeView, IntentView
from payments.models import Payment, SuspenseItem
from payments.operations import receive, refunds, suspense
from reports import integrity
from tests.payments.paying import NOW, open_page

serial = itertools.count(1)


def paid(statement, provider, amount_minor=5812, **how) -> Payment:
    """Pay a bill by card, and book it."""
    attempt = open_page(statement, amount_minor)
    intent = provider.pay(attempt.session_id, **how)
    receive.apply_intent(intent, now=NOW, cause="test")
    return Payment.objects.get(intent_id=intent.id)


def intent_of_nobody(amount=4000, currency="USD", fee=30) -> IntentView:
    """Return money at the provider that names no attempt of ours."""
    number = next(serial)
    balance = BalanceView(
        f"txn_nobody_{number}", "charge", amount, fee, amount - fee, currency, "ch_x", NOW
    )
    charge = ChargeView(f"ch_nobody_{number}", amount, "card", "Visa 4242", balance)
    return IntentView(
        id=f"pi_nobody_{number}",
        status="succeeded",
        amount=amount,
        amount_received=amount,
        currency=currency,
        charge=charge,
        failure_code="",
        created_at=NOW,
        is_livemode=False,
    )


def found_money(provider, amount=4000, **more) -> SuspenseItem:
    """Take in money of nobody known."""
    view = intent_of_nobody(amount, **more)
    provider.intents[view.id] = view
    return suspense.take_in(view, why="unknown_account", now=NOW)


def ask(receipt, asker, amount_minor=5812, reason="Paid twice", **more):
    return refunds.request_refund(
        receipt, amount_minor=amount_minor, reason=reason, requested_by=asker, now=NOW, **more
    )


def follow(provider, refund_id, **changes):
    """Apply a refund as the provider tells it, or told it."""
    view = replace(provider.refunds[refund_id], **changes)
    return refunds.apply_refund(view, now=NOW, cause="test")


def sums() -> dict[str, int]:
    """Return what each kind of ledger account holds; those with nothing are left out."""
    found = Posting.objects.values_list("account__kind").annotate(Sum("amount"))
    return {kind: amount for kind, amount in found if amount}


def findings() -> dict[str, list]:
    """Return what the checks of the whole database find, without their warnings."""
    results = integrity.check(Scope(datetime.now(UTC)))
    return {r.code: list(r.examples) for r in results if r.violations}
