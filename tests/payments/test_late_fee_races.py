"""Late fees and two at once, on PostgreSQL: first without the guards, to see the race."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from core.db.unguarded import unguarded
from ledger.operations import locks
from ledger.queries import balance
from payments import operations
from payments.models import LateFee
from payments.operations import late_fees
from tests.ledger.books import sql, violations
from tests.payments.late import DUE, charge, day, fees, make_policy
from tests.racing import together
from tests.statements.factories import FLAT, make_bill, make_world

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]
OVERDUE = day(6)
KEYS = {
    "late_fee_once_a_step": ("payments_latefee", "UNIQUE (statement_id, step)"),
    "ledger_entry_source_once": ("ledger_entry", "UNIQUE (source_key)"),
    "ledger_posting_number_once": ("ledger_posting", "UNIQUE (account_id, account_seq)"),
}


@pytest.fixture
def statement():
    make_world()
    make_policy()
    return make_bill(FLAT)


@pytest.fixture
def no_lock(monkeypatch):
    """Let both jobs find the fee due before either charges it."""
    both_have_looked = threading.Barrier(2)
    look = late_fees.late_fees_due
    times = threading.local()

    def together_(*args, **options):
        found = look(*args, **options)
        times.count = getattr(times, "count", 0) + 1
        if times.count == 2:  # the look under the lock
            both_have_looked.wait(timeout=10)
        return found

    monkeypatch.setattr(locks, "WAITING", "")
    monkeypatch.setattr(late_fees, "late_fees_due", together_)


@pytest.fixture
def no_keys():
    """Take the unique keys away, and the rows with them before they come back."""
    for name, (table, _) in KEYS.items():
        sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    with unguarded(connection):
        call_command("flush", interactive=False, verbosity=0)
    for name, (table, rule) in KEYS.items():
        sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule}")


def charge_twice():
    return together(lambda: charge(OVERDUE), lambda: charge(OVERDUE))


def test_without_lock_and_keys_the_customer_pays_twice(no_lock, no_keys, statement):
    charge_twice()

    assert fees() == [(1, 5812, 500)] * 2


def test_without_the_lock_the_key_refuses_the_second(no_lock, statement):
    errors = charge_twice()

    assert sorted(type(error).__name__ for error in errors) == ["IntegrityError", "NoneType"]
    assert fees() == [(1, 5812, 500)]


def test_two_jobs_at_once_charge_one_fee(statement):
    assert charge_twice() == [None, None]

    assert fees() == [(1, 5812, 500)]
    assert balance(statement.account_id, "USD").balance == 6312
    assert violations() == {}


def pay(statement):
    operations.record_counter_payment(
        statement.account, amount_minor=5812, reference="R-1", received_on=OVERDUE, actor=None
    )


def test_a_payment_at_the_same_moment_comes_before_the_fee_or_after_it(statement):
    assert together(lambda: pay(statement), lambda: charge(OVERDUE)) == [None, None]

    charged = LateFee.objects.count()
    assert balance(statement.account_id, "USD").balance == 500 * charged
    assert violations() == {}


def test_a_payment_that_came_between_two_looks_is_seen(statement, monkeypatch):
    look = late_fees.late_fees_due
    paid = []

    def pay_after_the_first_look(*args, **options):
        found = look(*args, **options)
        if not paid:
            paid.append(together(lambda: pay(statement)))
        return found

    monkeypatch.setattr(late_fees, "late_fees_due", pay_after_the_first_look)

    assert charge(OVERDUE) == 0
    assert paid == [[None]]
    assert fees() == []


def test_a_fee_is_waived_once(statement):
    charge(OVERDUE)
    fee = LateFee.objects.get()

    def waive():
        late_fees.waive(
            LateFee.objects.get(pk=fee.pk),
            reason="First time",
            actor=None,
            waived_on=DUE + timedelta(days=9),
        )

    errors = together(waive, waive)

    assert sorted(type(error).__name__ for error in errors) == ["AlreadyWaived", "NoneType"]
    assert balance(statement.account_id, "USD").balance == 5812
    assert violations() == {}
