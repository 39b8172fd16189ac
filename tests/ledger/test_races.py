"""Two at once, on PostgreSQL: first without the lock, to see the race, then with it."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import DatabaseError, connection, transaction

from ledger import operations, queries
from ledger.operations import NotSettleable, locks, undoing
from tests.ledger.books import DAY, bill, open_account, pay, refund, sql, violations
from tests.racing import together

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def no_lock(monkeypatch):
    """Read balances without locking them, and let both readers finish before either writes."""
    both_have_read = threading.Barrier(2)
    select = locks._select

    def unlocked(account_ids):
        found = select(account_ids)
        both_have_read.wait(timeout=10)
        return found

    monkeypatch.setattr(locks, "WAITING", "")
    monkeypatch.setattr(locks, "_select", unlocked)


def post_two_payments(account):
    return together(
        lambda: pay(account, 30, "money:1"),
        lambda: pay(account, 40, "money:2"),
    )


def test_without_the_lock_one_of_two_payments_fails_at_the_numbering(no_lock):
    account = open_account()
    locks_free_bill(account)

    errors = post_two_payments(account)

    assert [type(e).__name__ for e in errors if e] == ["IntegrityError"]


def locks_free_bill(account):
    """Make the rows that both payments need, so that they race at the balance alone."""
    sql(
        "INSERT INTO ledger_balance (account_id, currency, balance_minor, available_credit, "
        "prepaid_minor, deposit_minor, disputed_minor, last_seq) "
        "VALUES (%s, 'USD', 0, 0, 0, 0, 0, 0)",
        account.pk,
    )
    sql("INSERT INTO ledger_account (kind, code, currency) VALUES ('cash_drawer', '1', 'USD')")
    sql(
        "INSERT INTO ledger_account (kind, account_id, code, currency) "
        "VALUES ('receivable', %s, '', 'USD')",
        account.pk,
    )


def test_with_the_lock_both_payments_are_posted():
    account = open_account()

    assert post_two_payments(account) == [None, None]

    assert queries.balance(account.pk, "USD").balance == -70
    assert violations() == {}


def test_many_posters_on_few_accounts_lose_nothing():
    accounts = [open_account() for _ in range(3)]

    def work(worker):
        for turn in range(10):
            order = accounts if (worker + turn) % 2 else accounts[::-1]
            with transaction.atomic():
                operations.post_many(
                    [
                        entry
                        for a in order
                        for entry in _bill_and_payment(a.pk, f"{worker}:{turn}:{a.pk}")
                    ]
                )
                operations.allocate([a.pk for a in order])

    errors = together(*[lambda w=w: work(w) for w in range(4)])

    assert errors == [None] * 4
    assert [queries.balance(a.pk, "USD").balance for a in accounts] == [4 * 10 * 3] * 3
    assert violations(warnings=True) == {}


def _bill_and_payment(account_id, key):
    from tests.ledger.books import bill_entry, pay_entry

    return bill_entry(account_id, 10, f"debt:{key}"), pay_entry(account_id, 7, f"money:{key}")


def reverse_twice(entry):
    def reverse(key):
        operations.reverse(entry, source_key=key, effective_date=DAY, reason="x", actor="me")

    return together(lambda: reverse("back:1"), lambda: reverse("back:2"))


def test_without_the_lock_the_second_reversal_fails_at_the_unique_key(monkeypatch):
    account = open_account()
    entry = bill(account, 100, "debt:1")
    both_have_looked = threading.Barrier(2)
    from ledger.operations import reversal

    look = reversal._lock

    def look_unlocked(entry_id):
        with monkeypatch.context() as patch:
            patch.setattr(locks, "WAITING", "")
            found = look(entry_id)
        both_have_looked.wait(timeout=10)
        return found

    monkeypatch.setattr(reversal, "_lock", look_unlocked)
    monkeypatch.setattr(locks, "WAITING", "")

    errors = reverse_twice(entry)

    assert sum(error is None for error in errors) == 1
    assert all(isinstance(error, DatabaseError) for error in errors if error)


def test_with_the_lock_an_entry_is_reversed_once():
    account = open_account()
    entry = bill(account, 100, "debt:1")

    errors = reverse_twice(entry)

    assert sorted(type(e).__name__ for e in errors) == ["NoneType", "NotReversible"]
    assert queries.balance(account.pk, "USD").balance == 0
    assert violations(warnings=True) == {}


def test_a_close_waits_for_the_entry_that_is_being_posted():
    account = open_account()
    posted, seen = threading.Event(), {}

    def post_slowly():
        with transaction.atomic():
            bill(account, 100, "debt:1")
            posted.set()
            time.sleep(0.5)
            seen["closed while posting"] = "closed" in seen

    def close():
        posted.wait(timeout=10)
        operations.close_period(DAY, actor="me")
        seen["closed"] = True

    assert together(post_slowly, close) == [None, None]
    assert seen == {"closed while posting": False, "closed": True}
    assert violations() == {}


def test_an_entry_that_waited_for_the_close_is_refused():
    account = open_account()
    bill(account, 1, "debt:0")
    closing = threading.Event()

    def close_slowly():
        with transaction.atomic():
            operations.close_period(DAY, actor="me")
            closing.set()
            time.sleep(0.5)

    def post():
        closing.wait(timeout=10)
        bill(account, 100, "debt:1")

    errors = together(close_slowly, post)

    assert errors[0] is None
    assert isinstance(errors[1], DatabaseError)
    assert "closed" in str(errors[1])


def undo_twice():
    """Let two refunds of a whole unapplied payment take it at the same time."""
    account = open_account()
    payment = pay(account, 100, "money:1")
    debits = [refund(account, 100, f"rf:{number}") for number in (1, 2)]
    return together(*[lambda d=d: operations.settle_against(payment, d, 100) for d in debits])


def test_without_the_lock_one_payment_is_refunded_twice(monkeypatch):
    both_have_looked = threading.Barrier(2)
    live_allocations = undoing.live_allocations
    looked = threading.local()

    def slow(entry_id):
        found = live_allocations(entry_id)
        if not hasattr(looked, "once"):
            looked.once = True
            both_have_looked.wait(timeout=10)
        return found

    monkeypatch.setattr(locks, "WAITING", "")
    monkeypatch.setattr(undoing, "live_allocations", slow)

    assert undo_twice() == [None, None]

    assert "A01" in violations()


def test_with_the_lock_a_payment_is_refunded_once():
    errors = undo_twice()

    assert sorted(type(error) for error in errors if error) == [NotSettleable]
    assert violations() == {}
