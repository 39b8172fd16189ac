"""Whatever is billed, paid, reversed and released: nothing is lost and nothing is paid twice."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from ledger import operations, queries
from tests.ledger.books import DAY, bill, open_account, pay, violations

AMOUNTS = st.integers(1, 500)
ACCOUNTS = st.integers(0, 1)
keys = itertools.count(1)


class Books(RuleBasedStateMachine):
    """Two accounts and a model of what each owes."""

    @initialize()
    def open(self):
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.accounts = [open_account(), open_account()]
        self.owed = [0, 0]
        self.entries = []  # (entry, account, amount)

    def teardown(self):
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    @rule(which=ACCOUNTS, amount=AMOUNTS, late=st.integers(0, 60))
    def bill(self, which, amount, late):
        due_on = DAY + timedelta(days=late)
        entry = bill(self.accounts[which], amount, f"debt:{next(keys)}", due_on=due_on)
        self.owed[which] += amount
        self.entries.append((entry, which, amount))

    @rule(which=ACCOUNTS, amount=AMOUNTS)
    def pay(self, which, amount):
        entry = pay(self.accounts[which], amount, f"money:{next(keys)}")
        self.owed[which] -= amount
        self.entries.append((entry, which, -amount))

    @rule(backwards=st.booleans())
    def allocate(self, backwards):
        ids = [account.pk for account in self.accounts]
        operations.allocate(ids[::-1] if backwards else ids)
        for account in self.accounts:
            standing = queries.balance(account.pk, "USD")
            assert not (standing.available_credit and standing.open_debt)

    @rule(data=st.data())
    def release(self, data):
        if self.entries:
            operations.release_allocations(data.draw(st.sampled_from(self.entries))[0])

    @rule(data=st.data())
    def reverse(self, data):
        if not self.entries:
            return
        picked = data.draw(st.sampled_from(self.entries))
        self.entries.remove(picked)
        entry, which, amount = picked
        operations.reverse(
            entry, source_key=f"rev:{next(keys)}", effective_date=DAY, reason="x", actor="me"
        )
        self.owed[which] -= amount

    @invariant()
    def books_are_clean(self):
        if not hasattr(self, "accounts"):
            return
        assert violations() == {}
        for account, owed in zip(self.accounts, self.owed, strict=True):
            standing = queries.balance(account.pk, "USD")
            assert standing.balance == owed
            debits = sum(item.left for item in queries.open_debits(account.pk, "USD"))
            credits = sum(item.left for item in queries.unapplied_credits(account.pk, "USD"))
            assert (debits, credits) == (standing.open_debt, standing.available_credit)


@pytest.mark.django_db
def test_allocation_conserves_money():
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
