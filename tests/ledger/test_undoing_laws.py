"""Whatever is paid, refunded, disputed and taken back in whatever order: the books stay sound."""

from __future__ import annotations

import itertools
import os
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ledger import operations, queries
from ledger.models import Allocation
from ledger.operations import NotReversible, NotSettleable
from ledger.policies import POLICIES
from tests.ledger.books import (
    DAY,
    bill,
    lose,
    open_account,
    pay,
    refund,
    refund_fails,
    sql,
    violations,
    withdraw,
)

AMOUNTS = st.integers(1, 300)
EACH_POLICY = st.sampled_from(sorted(POLICIES))
EXAMPLES = int(os.environ.get("LAW_EXAMPLES", "12"))
keys = itertools.count(1)
HELD = """
SELECT abs(p.amount) - COALESCE((
    SELECT sum(CASE WHEN a.reverses_id IS NULL THEN a.amount ELSE -a.amount END)
    FROM ledger_allocation a
    WHERE p.id IN (a.credit_id, a.debit_id) AND a.policy IN ({policies})), 0)
FROM ledger_posting p JOIN ledger_account la ON la.id = p.account_id
WHERE p.entry_id = {entry} AND la.kind = 'receivable'
"""


def to_give(entry: int, *policies: str) -> int:
    """Return what an entry's receivable has beside the rows that are never taken back."""
    held = ", ".join(f"'{policy}'" for policy in policies)
    return int(sql(HELD.format(policies=held, entry=entry))[0][0])


class Payments(RuleBasedStateMachine):
    """One account, its payments and what became of them, beside a model of the balance."""

    @initialize()
    def open(self):
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.account = open_account()
        self.owed = self.disputed = 0
        self.bills, self.payments, self.undone = [], [], []
        self.amounts = {}

    def teardown(self):
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def posted(self, entry, amount, among):
        among.append(entry)
        self.amounts[entry] = amount
        self.owed += amount
        return entry

    def assert_nothing_idle(self):
        standing = queries.balance(self.account.pk, "USD")
        assert not (standing.available_credit and standing.open_debt)

    @rule(amount=AMOUNTS, late=st.integers(0, 60), issued=st.booleans())
    def bill(self, amount, late, issued):
        due_on = DAY + timedelta(days=late)
        self.posted(
            bill(self.account, amount, f"b:{next(keys)}", due_on=due_on), amount, self.bills
        )
        if issued:
            operations.allocate([self.account.pk])

    @rule(amount=AMOUNTS, policy=EACH_POLICY, data=st.data())
    def pay(self, amount, policy, data):
        self.posted(pay(self.account, amount, f"m:{next(keys)}"), -amount, self.payments)
        chosen = data.draw(st.lists(st.sampled_from(self.bills), max_size=2)) if self.bills else ()
        operations.allocate([self.account.pk], policy=policy, prefer={self.account.pk: chosen})
        self.assert_nothing_idle()

    @precondition(lambda self: self.payments)
    @rule(data=st.data(), amount=AMOUNTS, disputed=st.booleans(), too_early=st.booleans())
    def undo(self, data, amount, disputed, too_early):
        """A refund, or a dispute that is opened and lost."""
        payment = data.draw(st.sampled_from(self.payments))
        possible = to_give(payment, "mirror:1", "undo:1", "redo:1") >= amount
        if not possible and data.draw(st.booleans()):
            return
        if disputed:
            withdraw(self.account, amount, f"bt:{next(keys)}")
        post = lose if disputed else refund
        debit = self.posted(post(self.account, amount, f"rf:{next(keys)}"), amount, self.undone)
        if too_early:
            operations.allocate([self.account.pk])
        self.settle(possible, lambda: operations.settle_against(payment, debit, amount))
        if possible:
            assert to_give(debit, "undo:1") == 0

    @precondition(lambda self: self.undone)
    @rule(data=st.data(), part=st.integers(1, 3), too_early=st.booleans())
    def undo_the_undoing(self, data, part, too_early):
        """A refund fails, or money comes back after a lost dispute; sometimes only a part."""
        debit = data.draw(st.sampled_from(self.undone))
        amount = max(self.amounts[debit] // part, 1)
        possible = to_give(debit, "mirror:1", "redo:1") >= amount
        if not possible and data.draw(st.booleans()):
            return
        failed = refund_fails(self.account, amount, f"rf:{next(keys)}:fail", "stripe_clearing")
        entry = self.posted(failed, -amount, [])
        if too_early:
            operations.allocate([self.account.pk])
        self.settle(possible, lambda: operations.resettle(debit, entry))

    def settle(self, possible, act):
        rows = Allocation.objects.count()
        if possible:
            act()
            self.assert_nothing_idle()
        else:
            with pytest.raises(NotSettleable):
                act()
            assert Allocation.objects.count() == rows

    @precondition(lambda self: self.amounts)
    @rule(data=st.data())
    def reverse(self, data):
        entry = data.draw(st.sampled_from(sorted(self.amounts)))
        how = {"effective_date": DAY, "reason": "x", "actor": "me"}
        operations.reverse(entry, source_key=f"rev:{next(keys)}", **how)
        self.owed -= self.amounts.pop(entry)
        self.bills = [kept for kept in self.bills if kept != entry]
        self.undone = [kept for kept in self.undone if kept != entry]
        self.assert_nothing_idle()
        with pytest.raises(NotReversible):
            operations.reverse(entry, source_key=f"rev:{next(keys)}", **how)

    @rule(policy=EACH_POLICY)
    def allocate(self, policy):
        operations.allocate([self.account.pk], policy=policy)
        self.assert_nothing_idle()

    @invariant()
    def books_are_clean(self):
        if not hasattr(self, "account"):
            return
        assert violations() == {}
        standing = queries.balance(self.account.pk, "USD")
        assert standing.balance == self.owed
        debits = sum(item.left for item in queries.open_debits(self.account.pk, "USD"))
        credits = sum(item.left for item in queries.unapplied_credits(self.account.pk, "USD"))
        assert (debits, credits) == (standing.open_debt, standing.available_credit)


@pytest.mark.django_db
def test_undoing_conserves_money():
    run_state_machine_as_test(
        Payments,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


STEPS = st.lists(
    st.tuples(st.sampled_from(["bill", "pay", "undo", "fail"]), AMOUNTS, st.integers(0, 5)),
    max_size=14,
)


@pytest.mark.django_db
@given(STEPS, EACH_POLICY)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_same_steps_make_the_same_rows(steps, policy):
    assert rows_of(steps, policy) == rows_of(steps, policy)


def rows_of(steps, policy):
    """Do the steps on a fresh account; return its allocations, postings named by their number."""
    account = open_account()
    payments, debits = [], []
    for step, amount, which in steps:
        key = f"twin:{next(keys)}"
        try:
            with transaction.atomic():
                if step == "bill":
                    bill(account, amount, key, due_on=DAY + timedelta(days=which))
                elif step == "pay":
                    payments.append(pay(account, amount, key))
                elif step == "undo" and payments:
                    debit = refund(account, amount, key)
                    operations.settle_against(payments[which % len(payments)], debit, amount)
                    debits.append((debit, amount))
                elif step == "fail" and debits:
                    debit, size = debits[which % len(debits)]
                    operations.resettle(debit, refund_fails(account, size, key))
                operations.allocate([account.pk], policy=policy)
        except NotSettleable:
            pass
    return sql(
        "SELECT c.account_seq, d.account_seq, a.amount, a.policy, "
        "  (SELECT count(*) FROM ledger_allocation k WHERE k.reverses_id = a.id) "
        "FROM ledger_allocation a JOIN ledger_posting c ON c.id = a.credit_id "
        "JOIN ledger_posting d ON d.id = a.debit_id "
        "JOIN ledger_account la ON la.id = c.account_id "
        "WHERE la.account_id = %s ORDER BY a.id",
        account.pk,
    )
