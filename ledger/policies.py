"""Which debts a credit pays first: named, versioned orders, and the matching itself. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

CATEGORY_RANK = {"statement": 0, "fee": 1, "deposit": 2, "other": 3}


@dataclass(frozen=True, slots=True)
class Item:
    """What is left of one receivable posting; `left` is positive for debits and credits alike."""

    posting_id: int
    entry_id: int
    date: date  # due on, else effective on
    category: str
    left: int  # minor units


@dataclass(frozen=True, slots=True)
class Policy:
    """An order of debts. The version changes with the order, and is kept with each allocation."""

    name: str
    version: int
    order: Callable[[Item], tuple[object, ...]]

    def __str__(self) -> str:
        return f"{self.name}:{self.version}"


def _rank(item: Item) -> int:
    return CATEGORY_RANK.get(item.category, len(CATEGORY_RANK))


def _oldest_first(item: Item) -> tuple[object, ...]:
    return item.date, _rank(item), item.posting_id


def _current_first(item: Item) -> tuple[object, ...]:
    return -item.date.toordinal(), _rank(item), -item.posting_id


def _penalties_first(item: Item) -> tuple[object, ...]:
    return item.category != "fee", *_oldest_first(item)


def _statements_first(item: Item) -> tuple[object, ...]:
    return _rank(item), item.date, item.posting_id


OLDEST_FIRST = Policy("oldest_first", 1, _oldest_first)
CURRENT_FIRST = Policy("current_first", 1, _current_first)  # what is due last, then backwards
PENALTIES_FIRST = Policy("penalties_first", 1, _penalties_first)  # fees, then oldest first
STATEMENTS_FIRST = Policy(
    "statements_first", 1, _statements_first
)  # by category, each oldest first
POLICIES = {
    policy.name: policy
    for policy in (OLDEST_FIRST, CURRENT_FIRST, PENALTIES_FIRST, STATEMENTS_FIRST)
}


def match(
    credits: Sequence[Item],
    debits: Sequence[Item],
    policy: Policy,
    *,
    prefer: Sequence[int] = (),
) -> Iterator[tuple[int, int, int]]:
    """Yield (credit posting, debit posting, amount) until the credits or the debits run out.

    :param prefer: entries whose debits are paid first, in this order: the customer's choice
    """
    rank = {entry_id: place for place, entry_id in enumerate(prefer)}
    queue = sorted(debits, key=lambda d: (rank.get(d.entry_id, len(rank)), *policy.order(d)))
    left = {debit.posting_id: debit.left for debit in queue}
    place = 0
    for credit in sorted(credits, key=lambda c: (c.date, c.posting_id)):
        rest = credit.left
        while rest and place < len(queue):
            debit_id = queue[place].posting_id
            amount = min(rest, left[debit_id])
            if amount:
                yield credit.posting_id, debit_id, amount
            rest -= amount
            left[debit_id] -= amount
            place += not left[debit_id]
