"""Both books over the wire: the driver reads the sandbox's, the checks compare, reconcile heals."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock
from core.integrity import Scope
from payments import gateway as provider
from payments.checks import provider as provider_checks
from payments.models import Chargeback, Payment, Payout, ProviderEvent, Refund
from payments.operations import inbox, reconcile, refunds
from payments.operations.janitor import look_after_attempts, look_after_refunds
from reports import integrity
from tests.payments.paying import NOW, open_page
from tests.payments.returning import ask
from tests.sandbox.running import KEY, start
from tests.statements.factories import FLAT, make_bill, make_staff, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def sandbox(tmp_path, settings):
    settings.STRIPE_SECRET_KEY = KEY
    process = start(tmp_path)
    settings.STRIPE_API_BASE = settings.STRIPE_CHECKOUT_ORIGIN = process.url
    make_world()
    yield process
    process.stop()


def live(sandbox):
    """Let money come by card and by bank, some of it go back, and the rest be paid out."""
    cards = [open_page(make_bill(FLAT)) for _ in range(4)]
    for attempt in cards[:3]:
        sandbox.pay(attempt.session_id)
    debit = open_page(make_bill(FLAT), method="bank_debit")
    sandbox.pay(debit.session_id, account="000123456789")
    underway = open_page(make_bill(FLAT), method="bank_debit")
    sandbox.pay(underway.session_id, account="000123456789")
    look_after_attempts(now=NOW, everything=True)
    look_after_attempts(now=NOW, everything=True)
    debit.refresh_from_db()
    sandbox.settle(payment_intent=debit.intent_id)
    return [Payment.objects.get(attempt=attempt) for attempt in cards[:3]]


def give_back(payment) -> Refund:
    refund = ask(payment, make_staff("finance"), 2000)
    refunds.approve(refund, decided_by=make_staff("finance"), now=NOW)
    return refunds.submit_refund(refund, now=NOW)


def lose(sandbox, payment):
    dispute = sandbox.dispute(payment.intent_id)
    sandbox.end_dispute(dispute["id"], "lost")


def read(**more):
    gateway = provider.gateway()
    return provider_checks.read(gateway, now=clock.real_now() + timedelta(hours=1), **more)


def violated(**more) -> dict[str, list]:
    results = integrity.check(Scope(clock.real_now()), reading=read(**more))
    return {r.code: list(r.examples) for r in results if r.violations}


def test_books_that_were_cut_off_come_in_step(sandbox):
    refunded, charged_back, _ = live(sandbox)
    give_back(refunded)
    lose(sandbox, charged_back)
    sandbox.settle()
    sandbox.pay_out()
    assert {"S01", "S02", "S03", "S05", "S07"} <= set(violated())

    report = reconcile.reconcile(now=NOW, real_now=clock.real_now())
    look_after_refunds(now=NOW, everything=True)
    while inbox.work(owner="test", now=NOW):
        pass

    assert report.failed == []
    assert violated() == {}
    assert violated(since=clock.real_now() - timedelta(days=1)) == {}
    assert (Chargeback.objects.get().state, Payout.objects.count()) == ("lost", 1)
    assert not ProviderEvent.objects.filter(state__in=("received", "dead")).exists()
    again = reconcile.reconcile(now=NOW, real_now=clock.real_now())
    assert {outcome for counts in again.counts.values() for outcome in counts} == {"unchanged"}
    assert violated() == {}
