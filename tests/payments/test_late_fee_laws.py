"""Whatever is open, on its way, disputed or in credit: no fee beyond what is really late."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ledger.items import OpenItems
from ledger.policies import Item
from payments.models import LateFeePolicy
from payments.queries.late_fees import fee_minor
from payments.queries.lateness import Lateness, _reserve
from statements.models import Statement

money = st.integers(1, 10**9)
small = st.integers(0, 10**6)
policies = st.builds(
    LateFeePolicy,
    flat_minor=small,
    percent=st.decimals(0, 100, places=6),
    cap_minor=st.none() | st.integers(1, 10**6),
    tolerance_minor=small,
    grace_days=st.integers(0, 365),
)
days = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@given(policies, money, st.lists(money, max_size=5))
def test_no_fee_is_above_what_is_late_and_no_sum_above_the_cap(policy, late, later):
    charged = 0
    for open_minor in [late, *later]:
        fee = fee_minor(policy, open_minor, charged_minor=charged)
        assert 0 <= fee <= open_minor
        charged += fee
    assert policy.cap_minor is None or charged <= policy.cap_minor


@given(policies, money)
def test_a_fee_is_the_exact_share_rounded_once(policy, late):
    exact = policy.flat_minor + policy.percent * late / 100

    unbounded = LateFeePolicy(flat_minor=policy.flat_minor, percent=policy.percent)
    fee = fee_minor(unbounded, late)

    assert fee == late or abs(fee - exact) <= Decimal("0.5")


@given(policies, money, money, st.booleans(), days, st.integers(-30, 400))
def test_nothing_is_overdue_that_is_disputed_on_its_way_or_within_its_days(
    policy, open_minor, coming, disputed, due, after
):
    coming = min(coming, open_minor)
    late = Lateness(Statement(due_date=due), policy, open_minor, coming, disputed)

    if late.is_overdue(due + timedelta(days=after)):
        assert after > policy.grace_days
        assert not disputed
        assert open_minor - coming > policy.tolerance_minor


debits = st.lists(st.tuples(days, money), max_size=5).map(
    lambda rows: [Item(n, n, day, "statement", left) for n, (day, left) in enumerate(rows, 1)]
)
wanted = st.lists(st.tuples(st.integers(0, 6), money), max_size=5)


@given(debits, wanted, small)
def test_what_is_on_its_way_is_given_to_debts_once_and_never_beyond_them(items, attempts, credit):
    from collections import defaultdict

    coming: defaultdict[int, int] = defaultdict(int)
    open_ = OpenItems(debits=items)

    _reserve(open_.debits, attempts, credit, coming)

    total = credit + sum(minor for _, minor in attempts)
    assert all(0 <= coming[item.entry_id] <= item.left for item in items)
    assert sum(coming.values()) == min(total, sum(item.left for item in items))
    for item in items:
        own = sum(minor for entry, minor in attempts if entry == item.entry_id)
        assert coming[item.entry_id] >= min(own, item.left)
