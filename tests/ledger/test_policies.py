"""The orders of debts, worked by hand, and laws that hold for each of them."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import operations, queries
from ledger.models import Allocation
from ledger.policies import POLICIES, Item, match
from tests.ledger.books import DAY, bill, open_account, pay

DEBTS = [
    Item(1, 101, date(2026, 1, 15), "statement", 50),
    Item(2, 102, date(2026, 2, 15), "statement", 50),
    Item(3, 103, date(2026, 2, 15), "fee", 5),
    Item(4, 104, date(2026, 1, 31), "fee", 5),
    Item(5, 105, date(2026, 1, 15), "deposit", 20),
    Item(6, 106, date(2026, 2, 15), "statement", 50),
]
MONEY = [Item(9, 109, date(2026, 3, 1), "other", 1000)]


@pytest.mark.parametrize(
    ("policy", "paid"),
    [
        ("oldest_first", [1, 5, 4, 2, 6, 3]),
        ("current_first", [6, 2, 3, 4, 1, 5]),
        ("penalties_first", [4, 3, 1, 5, 2, 6]),
        ("statements_first", [1, 2, 6, 4, 3, 5]),
    ],
)
def test_the_order_of_each_policy(policy, paid):
    assert [debit for _, debit, _ in match(MONEY, DEBTS, POLICIES[policy])] == paid


def test_each_policy_names_its_version():
    assert {str(policy) for policy in POLICIES.values()} == {
        "oldest_first:1",
        "current_first:1",
        "penalties_first:1",
        "statements_first:1",
    }


def items(first: int, categories: list[str]) -> st.SearchStrategy[list[Item]]:
    drawn = st.tuples(st.integers(0, 90), st.sampled_from(categories), st.integers(1, 200))
    return st.lists(drawn, max_size=8).map(
        lambda rows: [
            Item(first + n, first + 100 + n, date(2026, 1, 1) + timedelta(days), category, left)
            for n, (days, category, left) in enumerate(rows)
        ]
    )


EACH_POLICY = st.sampled_from(sorted(POLICIES))
CREDITS = items(1000, ["other"])
DEBITS = items(1, ["statement", "fee", "deposit", "other", "unheard_of"])


@given(CREDITS, DEBITS, EACH_POLICY, st.data())
def test_the_customers_choice_is_paid_before_anything_else(credits, debits, policy, data):
    chosen = data.draw(st.lists(st.sampled_from(debits), unique=True)) if debits else []

    paid = Counter()
    for _, debit, amount in match(
        credits, debits, POLICIES[policy], prefer=[item.entry_id for item in chosen]
    ):
        paid[debit] += amount

    rest = sum(credit.left for credit in credits)
    for item in chosen:
        assert paid[item.posting_id] == min(rest, item.left)
        rest -= paid[item.posting_id]


@given(CREDITS, DEBITS, EACH_POLICY, st.data())
def test_matching_is_total_whatever_the_order_of_rows(credits, debits, policy, data):
    rows = list(match(credits, debits, POLICIES[policy]))
    shuffled = match(
        data.draw(st.permutations(credits)), data.draw(st.permutations(debits)), POLICIES[policy]
    )

    assert rows == list(shuffled)
    assert all(amount > 0 for _, _, amount in rows)
    spent, paid = Counter(), Counter()
    for credit, debit, amount in rows:
        spent[credit] += amount
        paid[debit] += amount
    assert all(spent[item.posting_id] <= item.left for item in credits)
    assert all(paid[item.posting_id] <= item.left for item in debits)
    have, owe = sum(item.left for item in credits), sum(item.left for item in debits)
    assert sum(spent.values()) == min(have, owe)


@pytest.mark.django_db
def test_the_setting_rules_unless_a_policy_is_named(settings):
    settings.ALLOCATION_POLICY = "current_first"
    by_setting, by_name = open_account(), open_account()
    for owner in (by_setting, by_name):
        for days in (0, 31):
            bill(owner, 100, f"{owner.pk}:{days}", due_on=DAY + timedelta(days))
        pay(owner, 100, f"money:{owner.pk}")

    operations.allocate([by_setting.pk])
    operations.allocate([by_name.pk], policy="oldest_first")

    keys = [f"{owner.pk}:{days}" for owner in (by_setting, by_name) for days in (0, 31)]
    found = queries.settlement(keys)
    assert [found[key].paid for key in keys] == [0, 100, 100, 0]
    assert sorted(Allocation.objects.values_list("policy", flat=True)) == [
        "current_first:1",
        "oldest_first:1",
    ]


@pytest.mark.django_db
def test_an_unknown_policy_is_refused():
    with pytest.raises(KeyError, match="richest_first"):
        operations.allocate([open_account().pk], policy="richest_first")
