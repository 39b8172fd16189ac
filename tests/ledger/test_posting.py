"""Posting, reversing and closing, told by what the account stands at afterwards."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import bulk
from ledger import operations, queries
from ledger.entries import Entry, Leg, NotBalanced, WrongAccount
from ledger.queries import State
from tests.ledger.books import DAY, bill, bill_entry, open_account, pay, pay_entry, sql, violations

pytestmark = pytest.mark.django_db


def test_a_bill_of_three_legs_is_owed():
    account = open_account()
    legs = [
        Leg("receivable", 119_00, account.pk),
        Leg("revenue", -100_00, code="energy"),
        Leg("tax_payable", -19_00, code="vat"),
    ]

    operations.post(Entry("statement.issued", "debt:1:issue", "USD", DAY, legs, due_on=DAY))

    assert queries.balance(account.pk, "USD") == queries.Balance("USD", balance=119_00)
    assert violations(warnings=True) == {}


def test_history_reads_backwards_with_the_balance_after_each_movement():
    account = open_account()
    bill(account, 100, "debt:1:issue")
    pay(account, 130, "money:1")
    bill(account, 50, "debt:2:issue")

    newest = queries.history(account.pk, "USD", limit=2)
    older = queries.history(account.pk, "USD", before_seq=newest[-1].seq)

    assert [(m.seq, m.amount, m.balance_after) for m in newest + older] == [
        (3, 50, 20),
        (2, -130, -30),
        (1, 100, 100),
    ]


def test_prepaid_deposit_and_receivable_stand_apart():
    account = open_account()
    operations.post_many(
        [
            Entry(
                "money.received",
                "pi:1:ok",
                "USD",
                DAY,
                [Leg("stripe_clearing", 70), Leg("prepaid", -70, account.pk)],
            ),
            Entry(
                "deposit.billed",
                "dep:1:bill",
                "USD",
                DAY,
                [Leg("receivable", 40, account.pk), Leg("deposit", -40, account.pk)],
            ),
        ]
    )

    assert queries.balance(account.pk, "USD") == queries.Balance(
        "USD", balance=40, prepaid=70, deposit=40
    )
    assert violations() == {}


def test_a_transfer_moves_a_balance_between_accounts():
    old, new = open_account(), open_account()
    bill(old, 100, "debt:1:issue")

    operations.post(
        Entry(
            "account.transferred",
            "move:1",
            "USD",
            DAY,
            [Leg("receivable", 100, new.pk), Leg("receivable", -100, old.pk)],
        )
    )
    operations.allocate([old.pk, new.pk])

    assert queries.balance(old.pk, "USD") == queries.Balance("USD")
    assert queries.balance(new.pk, "USD").balance == 100
    assert violations(warnings=True) == {}


@pytest.mark.parametrize("amounts", [[], [5], [5, -4], [5, -5, 0]])
def test_legs_that_do_not_balance_are_refused(amounts):
    legs = [Leg("revenue", amount, code=str(i)) for i, amount in enumerate(amounts)]

    with pytest.raises(NotBalanced):
        operations.post(Entry("x.y", "k:1", "USD", DAY, legs))


@pytest.mark.parametrize(
    "leg",
    [Leg("receivable", 5), Leg("revenue", 5, account_id=1), Leg("receivable", 5, 1, code="x")],
)
def test_a_leg_with_the_wrong_owner_is_refused(leg):
    with pytest.raises(WrongAccount):
        operations.post(Entry("x.y", "k:1", "USD", DAY, [leg, Leg("revenue", -5)]))


def test_a_source_key_is_posted_once():
    account = open_account()
    bill(account, 100, "debt:1:issue")

    with pytest.raises(operations.AlreadyPosted, match="debt:1:issue"):
        bill(account, 100, "debt:1:issue")
    with pytest.raises(operations.AlreadyPosted):
        operations.post_many([pay_entry(account.pk, 5, "money:1")] * 2)

    assert queries.balance(account.pk, "USD").balance == 100


def test_a_batch_is_posted_whole_or_not_at_all():
    account = open_account()
    wrong = Entry("x.y", "k:2", "USD", DAY, [Leg("receivable", 5, account.pk), Leg("bank", -4)])

    with pytest.raises(NotBalanced):
        operations.post_many([bill_entry(account.pk, 100, "debt:1:issue"), wrong])

    assert sql("SELECT count(*) FROM ledger_entry") == [(0,)]


def test_a_closed_day_takes_no_entry():
    account = open_account()
    operations.close_period(DAY, actor="me")

    with pytest.raises(operations.PeriodClosed):
        bill(account, 100, "debt:1:issue")
    with pytest.raises(operations.AlreadyClosed):
        operations.close_period(DAY - timedelta(days=1), actor="me")

    assert queries.closed_upto() == DAY


def test_a_reversed_bill_frees_what_paid_it_for_the_next_debt():
    account = open_account()
    first = bill(account, 100, "debt:1:issue")
    bill(account, 60, "debt:2:issue", due_on=DAY + timedelta(days=31))
    pay(account, 100, "money:1")
    operations.allocate([account.pk])

    operations.reverse(
        first, source_key="debt:1:cancel", effective_date=DAY, reason="wrong meter", actor="me"
    )

    states = queries.settlement(["debt:1:issue", "debt:2:issue", "debt:1:cancel"])
    assert [states[key].state for key in sorted(states)] == [
        State.CREDIT,
        State.REVERSED,
        State.SETTLED,
    ]
    assert queries.balance(account.pk, "USD") == queries.Balance(
        "USD", balance=-40, available_credit=40
    )
    assert violations(warnings=True) == {}


def test_a_reversed_payment_reopens_the_bill():
    account = open_account()
    bill(account, 100, "debt:1:issue")
    payment = pay(account, 100, "money:1")
    operations.allocate([account.pk])

    operations.reverse(
        payment, source_key="money:1:back", effective_date=DAY, reason="bounced", actor="me"
    )

    assert queries.settlement(["debt:1:issue"])["debt:1:issue"].state is State.OPEN
    assert [(d.left, d.date) for d in queries.open_debits(account.pk, "USD")] == [(100, DAY)]
    assert violations(warnings=True) == {}


def test_an_entry_is_reversed_once_and_a_reversal_never():
    account = open_account()
    entry = bill(account, 100, "debt:1:issue")
    how = {"effective_date": DAY, "reason": "wrong", "actor": "me"}
    mirror = operations.reverse(entry, source_key="debt:1:cancel", **how)

    for again, key in ((entry, "debt:1:cancel2"), (mirror, "debt:1:uncancel"), (10**9, "x:1")):
        with pytest.raises(operations.NotReversible):
            operations.reverse(again, source_key=key, **how)


def test_the_number_of_round_trips_does_not_depend_on_the_batch():
    few = [open_account() for _ in range(2)]
    many = [open_account() for _ in range(20)]

    assert round_trips(few, "a") == round_trips(many, "b")
    assert round_trips(few, "c") == round_trips(many, "d")  # once all rows exist


def round_trips(accounts, prefix):
    entries = [
        entry
        for a in accounts
        for entry in (
            bill_entry(a.pk, 100, f"{prefix}{a.pk}"),
            pay_entry(a.pk, 40, f"{prefix}p{a.pk}"),
        )
    ]
    sent = bulk.round_trips()
    with CaptureQueriesContext(
        connection,
    ) as queries_sent:
        operations.post_many(entries)
        operations.allocate([a.pk for a in accounts])
    many_at_once = sum("times: " in q["sql"] for q in queries_sent)
    return len(queries_sent) - many_at_once + bulk.round_trips() - sent


def test_two_currencies_of_one_account_stand_apart():
    account = open_account()
    operations.post_many(
        [
            bill_entry(account.pk, 100, "debt:1:issue"),
            bill_entry(account.pk, 7, "debt:2:issue", currency="EUR"),
        ]
    )

    assert queries.balances([account.pk]) == {
        (account.pk, "USD"): queries.Balance("USD", balance=100),
        (account.pk, "EUR"): queries.Balance("EUR", balance=7),
    }
    assert violations() == {}


def test_settlement_of_part_payment_and_of_a_credit():
    account = open_account()
    bill(account, 100, "debt:1:issue")
    pay(account, 30, "money:1")
    operations.allocate([account.pk])
    bill(account, -20, "debt:2:issue")
    operations.allocate([account.pk])

    found = queries.settlement(["debt:1:issue", "debt:2:issue", "debt:9:issue"])

    assert {k: (s.state, s.amount, s.paid, s.open) for k, s in found.items()} == {
        "debt:1:issue": (State.PART_PAID, 100, 50, 50),
        "debt:2:issue": (State.CREDIT, -20, 0, 0),
    }


def test_the_oldest_debt_is_paid_first_unless_the_customer_chooses():
    account, other = open_account(), open_account()
    entries = {}
    for owner in (account, other):
        for month in (3, 1, 2):
            key = f"debt:{owner.pk}:{month}"
            entries[key] = bill(owner, 100, key, due_on=date(2026, month, 15))
        pay(owner, 150, f"money:{owner.pk}")

    operations.allocate([account.pk])
    operations.allocate([other.pk], prefer={other.pk: [entries[f"debt:{other.pk}:3"]]})

    paid = {key: s.paid for key, s in queries.settlement(list(entries)).items()}
    assert paid == {
        f"debt:{account.pk}:1": 100,
        f"debt:{account.pk}:2": 50,
        f"debt:{account.pk}:3": 0,
        f"debt:{other.pk}:1": 50,
        f"debt:{other.pk}:2": 0,
        f"debt:{other.pk}:3": 100,
    }


def test_a_fee_of_the_same_day_waits_for_the_statement():
    account = open_account()
    fee = [Leg("receivable", 10, account.pk), Leg("late_fee_income", -10)]
    operations.post(Entry("fee.charged", "late:1:1", "USD", DAY, fee, due_on=DAY, category="fee"))
    bill(account, 100, "debt:1:issue")
    pay(account, 100, "money:1")

    operations.allocate([account.pk])

    states = queries.settlement(["late:1:1", "debt:1:issue"])
    assert {k: s.state for k, s in states.items()} == {
        "late:1:1": State.OPEN,
        "debt:1:issue": State.SETTLED,
    }
