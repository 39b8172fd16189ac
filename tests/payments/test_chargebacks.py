"""Chargebacks: open ones stand apart, lost ones are owed again, in whatever order the news come."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.queries import balance
from notifications.models import Notice
from payments.gateway import BalanceView, DisputeView
from payments.models import BalanceTransaction, Chargeback, PaymentCase
from payments.operations import chargebacks, refunds, suspense
from payments.outcomes import Applied, PaymentMissing
from tests.payments.paying import NOW, legs, paid_state, stands
from tests.payments.returning import ask, findings, found_money, paid, sums
from tests.statements.factories import FLAT, make_bill, make_staff, make_world

pytestmark = pytest.mark.django_db
CLEARING = 5812 - 47


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.fixture
def statement():
    return make_bill(FLAT)  # 58.12


@pytest.fixture
def payment(statement, provider):
    return paid(statement, provider)


def apply(view):
    return chargebacks.apply_dispute(view, now=NOW, cause="test")


def disputed(statement):
    return balance(statement.account_id, "USD").disputed


def test_an_open_chargeback_stands_in_disputed_and_nobody_is_dunned(statement, payment, provider):
    view = provider.open_dispute(payment.intent_id)

    assert [apply(view), apply(view)] == [Applied.APPLIED, Applied.UNCHANGED]

    assert legs(f"bt:{view.balances[0].id}") == [
        ("dispute_fees", 1500),
        ("disputed", 5812),
        ("stripe_clearing", -7312),
    ]
    assert (stands(statement), disputed(statement)) == (0, 5812)
    assert paid_state(statement) == "settled"
    case = PaymentCase.objects.get(kind="chargeback")
    assert (case.account, case.about) == (payment.account, view.id)
    assert case.detail["reason"] == "fraudulent" and case.detail["answer_due"]
    assert not Notice.objects.filter(kind="chargeback.lost").exists()
    assert refunds.refundable_minor(payment) == 0
    assert findings() == {}


@pytest.mark.parametrize("status", ["warning_needs_response", "warning_closed"])
def test_an_inquiry_books_nothing_and_a_person_looks(statement, payment, provider, status):
    view = provider.open_dispute(payment.intent_id, status=status)

    apply(view)

    assert Chargeback.objects.get().state == "inquiry"
    assert PaymentCase.objects.filter(kind="chargeback").count() == 1
    assert sums()["stripe_clearing"] == CLEARING
    assert refunds.refundable_minor(payment) == 5812
    assert findings() == {}


def test_a_chargeback_that_is_won_gives_the_money_back_without_the_fee(
    statement, payment, provider
):
    view = provider.open_dispute(payment.intent_id)
    apply(view)

    apply(provider.close_dispute(view.id, "won"))

    row = Chargeback.objects.get()
    assert (row.state, row.closed_at) == ("won", NOW)
    assert (disputed(statement), paid_state(statement)) == (0, "settled")
    assert sums()["dispute_fees"] == 1500
    assert refunds.refundable_minor(payment) == 5812
    assert findings() == {}


def test_a_fee_comes_back_only_when_the_movement_says_so(payment, provider):
    view = provider.open_dispute(payment.intent_id)
    back = provider.move_balance("adjustment", 5812, view.id, fee=-1500)

    apply(replace(view, status="won", balances=(*view.balances, back)))

    assert "dispute_fees" not in sums() and sums()["stripe_clearing"] == CLEARING
    assert findings() == {}


def test_a_chargeback_that_is_lost_opens_the_bill_and_the_customer_is_told(
    statement, payment, provider
):
    view = provider.open_dispute(payment.intent_id)
    apply(view)
    lost = provider.close_dispute(view.id, "lost")

    assert [apply(lost), apply(lost)] == [Applied.APPLIED, Applied.UNCHANGED]

    assert legs(f"dp:{view.id}:lost") == [("disputed", -5812), ("receivable", 5812)]
    assert (stands(statement), disputed(statement)) == (5812, 0)
    assert paid_state(statement) == "open"
    notice = Notice.objects.get(kind="chargeback.lost")
    assert notice.subject == "Your bank took back $58.12"
    assert "You paid us on November 10, 2026 with Visa 4242" in notice.body
    assert "Please pay it in another way." in notice.body
    assert findings() == {}


def test_a_returned_bank_debit_is_lost_at_first_sight(statement, payment, provider):
    view = provider.open_dispute(payment.intent_id, status="lost", fee=400)

    apply(view)

    assert (stands(statement), disputed(statement), paid_state(statement)) == (5812, 0, "open")
    assert sums()["dispute_fees"] == 400
    assert findings() == {}


def test_only_a_part_is_taken_back(statement, payment, provider):
    view = provider.open_dispute(payment.intent_id, amount=2000)

    apply(provider.close_dispute(view.id, "lost"))

    assert (stands(statement), paid_state(statement)) == (2000, "part_paid")
    assert refunds.refundable_minor(payment) == 3812
    assert findings() == {}


def test_the_movement_counts_and_not_the_disputes_own_amount(statement, payment, provider):
    view = provider.open_dispute(payment.intent_id, amount=2000)

    apply(replace(view, amount=2100, status="lost"))

    assert stands(statement) == 2000
    assert findings() == {}


def test_what_was_lost_and_comes_back_pays_the_bill_again(statement, payment, provider):
    view = provider.open_dispute(payment.intent_id, status="lost")
    apply(view)
    back = provider.move_balance("adjustment", 5812, view.id)

    apply(replace(view, balances=(*view.balances, back)))

    assert (stands(statement), disputed(statement), paid_state(statement)) == (0, 0, "settled")
    assert Chargeback.objects.get().state == "won"
    assert findings() == {}


def test_a_win_that_is_lost_after_all(statement, payment, provider):
    view = provider.close_dispute(provider.open_dispute(payment.intent_id).id, "won")
    apply(view)
    again = provider.move_balance("adjustment", -5812, view.id)

    apply(replace(view, status="lost", balances=(*view.balances, again)))

    assert (stands(statement), disputed(statement), paid_state(statement)) == (5812, 0, "open")
    assert findings() == {}


def test_lost_returned_and_lost_again_is_owed_once(statement, payment, provider):
    view = provider.open_dispute(payment.intent_id, status="lost")
    apply(view)
    for amount in (3000, -3000, 5812, -5812):
        moved = provider.move_balance("adjustment", amount, view.id)
        view = replace(view, balances=(*view.balances, moved))
        apply(view)

    assert (stands(statement), disputed(statement), paid_state(statement)) == (5812, 0, "open")
    assert Notice.objects.filter(kind="chargeback.lost").count() == 1
    assert findings() == {}


def test_old_news_change_nothing(statement, payment, provider):
    first = provider.open_dispute(payment.intent_id)
    lost = provider.close_dispute(first.id, "lost")
    apply(lost)

    assert apply(first) == Applied.UNCHANGED
    assert Chargeback.objects.get().state == "lost"


def test_a_refunded_payment_that_is_charged_back_is_owed_beyond_it(statement, payment, provider):
    refund = ask(payment, make_staff("finance"), 4000)
    refunds.approve(refund, decided_by=make_staff("finance"), now=NOW)
    view = provider.open_dispute(payment.intent_id, status="lost")

    apply(view)

    assert stands(statement) == 5812 + 4000
    assert {code for code in findings() if code != "P03"} == set()


def test_a_refund_waits_no_longer_for_what_a_chargeback_took(payment, provider):
    refund = ask(payment, make_staff("finance"), 4000)
    apply(provider.open_dispute(payment.intent_id))

    with pytest.raises(refunds.BadAmount) as raised:
        refunds.approve(refund, decided_by=make_staff("finance"), now=NOW)
    assert raised.value.limit_minor == 0


def test_a_chargeback_of_an_unheard_payment_names_it(provider, payment):
    view = provider.open_dispute(payment.intent_id)

    with pytest.raises(PaymentMissing) as raised:
        apply(replace(view, intent_id="pi_unheard"))
    assert raised.value.intent_id == "pi_unheard"


@pytest.mark.parametrize("status", ["won", "lost"])
def test_money_of_nobody_is_taken_from_suspense_and_comes_back_there(provider, status):
    item = found_money(provider)
    view = provider.open_dispute(item.intent_id)
    apply(view)
    assert "suspense" not in sums()
    with pytest.raises(suspense.NotWhole):
        resolve(item)

    apply(provider.close_dispute(view.id, status))

    assert sums().get("suspense", 0) == (-4000 if status == "won" else 0)
    assert "disputed" not in sums() and sums()["receivable"] == 5812  # of the bill alone
    assert findings() == {}


def resolve(item):
    account = make_bill(FLAT).account
    return suspense.resolve(item, account, actor=make_staff("finance"), now=NOW)


def test_a_chargeback_follows_money_to_its_account(provider):
    item = found_money(provider)
    inquiry = provider.open_dispute(item.intent_id, status="warning_needs_response")
    apply(inquiry)
    payment = resolve(item)
    assert Chargeback.objects.get().payment == payment
    taken = provider.move_balance("adjustment", -4000, inquiry.id, fee=1500)

    apply(replace(inquiry, status="lost", balances=(taken,)))

    assert balance(payment.account_id, "USD").balance == 5812
    assert findings() == {}


# --- any order, any number of times


def movement(number, amount, fee):
    moment = datetime(2026, 11, 11, tzinfo=UTC)
    return BalanceView(
        f"txn_du_{number}", "adjustment", amount, fee, amount - fee, "USD", "du_any", moment
    )


def snapshots(intent_id, story):
    """Return what the provider tells after each step of a story: (status, amount, fee)."""
    views, balances = [], ()
    for number, (status, amount, fee) in enumerate(story):
        if amount:
            balances = (*balances, movement(number, amount, fee))
        views.append(
            DisputeView(
                id="du_any",
                status=status,
                amount=3000,
                currency="USD",
                intent_id=intent_id,
                charge_id="",
                reason="fraudulent",
                balances=balances,
                evidence_due_at=None,
                created_at=NOW,
            )
        )
    return views


STORIES = {
    "won": [
        ("warning_needs_response", 0, 0),
        ("needs_response", -3000, 1500),
        ("under_review", 0, 0),
        ("won", 0, 0),
        ("won", 3000, 0),
    ],
    "lost": [("needs_response", -3000, 1500), ("under_review", 0, 0), ("lost", 0, 0)],
    "returned": [("lost", -3000, 400)],
    "lost and back": [("needs_response", -3000, 1500), ("lost", 0, 0), ("lost", 3000, -1500)],
    "lost and part back": [("needs_response", -3000, 1500), ("lost", 0, 0), ("lost", 1000, 0)],
    "won and lost": [
        ("needs_response", -3000, 1500),
        ("won", 3000, 0),
        ("lost", -3000, 0),
    ],
    "lost, won, lost": [
        ("lost", -3000, 1500),
        ("won", 3000, 0),
        ("lost", -2500, 0),
    ],
}


class Undo(Exception):
    pass


def ending(views, statement):
    """Apply views and return the books they end in; everything is rolled back."""
    try:
        with transaction.atomic():
            for view in views:
                apply(view)
            row = Chargeback.objects.get()
            told = (
                sums(),
                stands(statement),
                disputed(statement),
                paid_state(statement),
                (row.state, row.provider_status),
                BalanceTransaction.objects.filter(source_id="du_any").count(),
                findings(),
            )
            raise Undo
    except Undo:
        return told


@pytest.mark.parametrize("name", STORIES)
def test_any_order_and_number_of_news_end_in_the_same_books(name, statement, payment):
    views = snapshots(payment.intent_id, STORIES[name])
    expected = ending(views, statement)
    assert expected[-1] == {}

    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(st.permutations(range(len(views))), st.lists(st.integers(0, len(views) - 1), max_size=4))
    def in_any_order(order, again):
        told = [views[i] for i in (*again, *order)]
        assert ending(told, statement) == expected

    in_any_order()


def test_a_word_of_the_provider_that_we_do_not_know_leaves_it_open(payment, provider):
    view = provider.open_dispute(payment.intent_id)

    apply(replace(view, status="asked_again"))

    assert Chargeback.objects.get().state == "open"
    apply(provider.close_dispute(view.id, "lost"))
    assert Chargeback.objects.get().state == "lost"
