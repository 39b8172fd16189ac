"""A refund waits in the inbox of those who decide, and both records say the same."""

from __future__ import annotations

import importlib
import re
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.urls import reverse

from accounts.models import Approval
from accounts.operations import approvals
from core import clock
from core.db.unguarded import unguarded
from core.integrity import Scope
from ledger.models import JournalEntry
from payments.models import Payment, Refund
from payments.operations import receive, refunds
from reports import integrity
from tests.payments.paying import NOW, open_page
from tests.payments.returning import ask, paid
from tests.statements.factories import FLAT, make_bill, make_staff, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment(provider):
    make_world()
    return paid(make_bill(FLAT), provider)


@pytest.fixture
def asker():
    return make_staff("cashier")


@pytest.fixture
def decider():
    return make_staff("finance")


def kept():
    return [(row.kind, row.object_key, row.state, row.decided_by) for row in Approval.objects.all()]


def test_a_refund_asks_and_its_approval_answers(payment, asker, decider):
    refund = ask(payment, asker, 3000)
    waiting = approvals.pending_for("refund.approve", refund)
    assert (waiting.amount_minor, waiting.currency, waiting.account, waiting.requested_by) == (
        3000,
        "USD",
        payment.account,
        asker,
    )

    refunds.approve(refund, decided_by=decider, now=NOW)

    assert kept() == [("refund.approve", str(refund.pk), "approved", decider)]


def test_a_rejected_refund_is_returned(payment, asker, decider):
    refund = ask(payment, asker, 3000)

    refunds.reject(refund, decided_by=decider, reason="paid in cash already", now=NOW)

    assert kept() == [("refund.approve", str(refund.pk), "rejected", decider)]
    assert Approval.objects.get().decision_note == "paid in cash already"


def test_what_was_changed_since_is_not_paid_out(payment, asker, decider):
    """Somebody got past the guards and raised what the provider is asked for."""
    refund = ask(payment, asker, 3000)
    with unguarded(connection):
        Refund.objects.filter(pk=refund.pk).update(parameters={"amount": 5812})
    refund.refresh_from_db()

    with pytest.raises(approvals.ChangedSince), transaction.atomic():
        refunds.approve(refund, decided_by=decider, now=NOW)

    assert Refund.objects.get().state == "requested"
    assert not JournalEntry.objects.filter(event_type="refund.requested").exists()


def test_refunds_that_wait_from_before_are_asked_for(payment, asker, decider):
    refund = ask(payment, asker, 3000)
    with unguarded(connection):
        Approval.objects.all().delete()
    migration = importlib.import_module("payments.migrations.0008_ask_for_waiting_refunds")

    for _again in range(2):
        migration.ask(apps, SimpleNamespace(connection=connection))

    assert kept() == [("refund.approve", str(refund.pk), "pending", None)]
    assert {
        row.code
        for row in integrity.check(Scope(now=clock.real_now()), only={"U01"})
        if row.violations
    } == set()
    refunds.approve(refund, decided_by=decider, now=NOW)


# --- in the inbox


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def url(approval):
    return reverse("support:approval", args=[approval.uid])


def decide(client, decision, **said):
    page = url(Approval.objects.get())
    return client.post(page, {"decision": decision, **said}, follow=True)


def test_a_refund_is_decided_here_too(client, payment, asker, decider):
    refund = ask(payment, asker, 3000)
    client.force_login(decider)
    page = words(client.get(url(Approval.objects.get())))
    assert "Refund" in page and "$30.00" in page

    decide(client, "approve")

    refund.refresh_from_db()
    assert (refund.state, refund.decided_by) == ("approved", decider)


def test_a_refund_is_returned_here_too(client, payment, asker, decider):
    refund = ask(payment, asker, 3000)
    client.force_login(decider)
    decide(client, "return", reason="paid in cash")
    refund.refresh_from_db()
    assert refund.state == "rejected"


def test_a_bank_debit_needs_a_word_why_it_cannot_wait(client, provider, asker, decider):
    make_world()
    attempt = open_page(make_bill(FLAT), method="bank_debit")
    intent = provider.succeed(provider.process(attempt.session_id))
    receive.apply_intent(intent, now=NOW, cause="test")
    refund = ask(Payment.objects.get(), asker, 3000)
    client.force_login(decider)

    assert "may still return this debit" in words(decide(client, "approve"))
    decide(client, "approve", note="The customer has moved abroad")

    refund.refresh_from_db()
    assert (refund.state, Approval.objects.get().decision_note) == (
        "approved",
        "The customer has moved abroad",
    )
