"""Money of nobody known: taken in once, given to an account once, by a person."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import AuditEvent
from ledger.operations import AlreadyPosted
from notifications.models import Notice
from payments.models import Payment, PaymentCase, SuspenseItem
from payments.operations import receive, refunds, suspense
from payments.outcomes import Applied
from tests.accounts.factories import make_account
from tests.payments.paying import NOW, legs, paid_state, stands
from tests.payments.returning import ask, findings, found_money, intent_of_nobody, paid, sums
from tests.statements.factories import FLAT, make_bill, make_staff, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.fixture
def statement():
    return make_bill(FLAT)  # 58.12


@pytest.fixture
def clerk():
    return make_staff("finance")


def give(item, account, clerk):
    return suspense.resolve(item, account, actor=clerk, now=NOW)


def test_money_of_nobody_is_taken_in_once_with_its_fee_and_a_case():
    view = intent_of_nobody(4000, fee=30)

    items = [suspense.take_in(view, why="unknown_account", now=NOW) for _ in range(2)]

    assert items[0] == items[1]
    assert legs(f"pi:{view.id}:ok") == [("stripe_clearing", 4000), ("suspense", -4000)]
    assert sums() == {"stripe_clearing": 3970, "suspense": -4000, "psp_fees": 30}
    case = PaymentCase.objects.get()
    assert (case.kind, case.about) == ("unknown_payer", view.id)
    assert findings() == {}


def test_a_fee_that_is_told_late_is_booked_then():
    view = intent_of_nobody(4000, fee=30)
    suspense.take_in(
        replace(view, charge=replace(view.charge, balance=None)), why="unknown_account", now=NOW
    )
    assert "psp_fees" not in sums()

    for _ in range(2):
        assert receive.apply_intent(view, now=NOW, cause="test") == Applied.UNCHANGED

    assert sums()["psp_fees"] == 30


def test_what_is_somebodys_payment_is_not_taken_in_again(statement, provider):
    payment = paid(statement, provider)

    with pytest.raises(AlreadyPosted), transaction.atomic():
        suspense.take_in(provider.intents[payment.intent_id], why="unknown_account", now=NOW)


def test_a_person_gives_it_to_an_account_and_its_payer_hears_of_it(statement, provider, clerk):
    item = found_money(provider, 6000)

    payment = give(item, statement.account, clerk)

    assert (item.state, item.payment, item.resolved_by) == ("resolved", payment, clerk.email)
    assert (payment.intent_id, payment.amount_minor) == (item.intent_id, 6000)
    assert legs(f"susp:{item.pk}") == [("receivable", -6000), ("suspense", 6000)]
    assert (stands(statement), paid_state(statement)) == (-188, "settled")
    notice = Notice.objects.get(kind="payment.received")
    assert "$1.88 of it stays as credit" in notice.body
    assert PaymentCase.objects.get().state == "closed"
    event = AuditEvent.objects.get(action="suspense.resolve")
    assert (event.actor, event.account) == (clerk, statement.account)
    assert findings() == {}


def test_it_is_given_once(statement, provider, clerk):
    item = found_money(provider)
    give(item, statement.account, clerk)

    with pytest.raises(suspense.AlreadyResolved):
        give(item, make_account(), clerk)
    assert Payment.objects.count() == 1


def test_money_is_never_converted(statement, provider, clerk):
    view = intent_of_nobody(4000, currency="EUR")
    item = suspense.take_in(view, why="currency", now=NOW)
    assert PaymentCase.objects.get().kind == "currency_mismatch"

    with pytest.raises(suspense.WrongCurrency):
        give(item, statement.account, clerk)
    assert SuspenseItem.objects.get().state == "open"


def test_what_is_on_its_way_back_is_not_given_away(statement, provider, clerk):
    item = found_money(provider)
    refund = ask(item, clerk, 100)
    with pytest.raises(suspense.NotWhole):
        give(item, statement.account, clerk)

    refunds.reject(refund, decided_by=make_staff("finance"), reason="No", now=NOW)

    assert give(item, statement.account, clerk).amount_minor == 4000


def test_given_money_can_be_refunded_like_any_payment(statement, provider, clerk):
    payment = give(found_money(provider), statement.account, clerk)
    refund = ask(payment, clerk, 1000)

    refunds.approve(refund, decided_by=make_staff("finance"), now=NOW)
    refunds.submit_refund(refund, now=NOW)

    assert refund.state == "pending"
    assert stands(statement) == 5812 - 4000 + 1000
    assert findings() == {}


def test_the_database_keeps_what_came(provider):
    item = found_money(provider)

    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        SuspenseItem.objects.filter(pk=item.pk).update(amount_minor=1)
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        SuspenseItem.objects.filter(pk=item.pk).delete()
