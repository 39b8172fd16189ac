"""What callers hand to the ledger: entries and their legs, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ledger.models import CUSTOMER_KINDS

OF_CUSTOMER = frozenset(str(kind) for kind in CUSTOMER_KINDS)


class NotBalanced(ValueError):
    """The legs of an entry do not sum to zero, or there are fewer than two, or one is zero."""


class WrongAccount(ValueError):
    """A leg names a customer account where none belongs, or names none where one must be."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One amount on one ledger account, in minor units: a debit is positive, a credit negative."""

    kind: str
    amount: int
    account_id: int | None = None  # customer account: for receivable, prepaid, deposit, disputed
    code: str = ""  # tells shared accounts of one kind apart: charge kind, tax code, drawer


@dataclass(frozen=True, slots=True)
class Entry:
    """One event to be posted; `source_key` is its identity, once for ever."""

    event_type: str
    source_key: str
    currency: str
    effective_date: date
    legs: Sequence[Leg]
    actor: str = "system"
    reason: str = ""
    due_on: date | None = None
    category: str = "statement"
    reverses_id: int | None = None
    is_fact: bool = False  # it happened outside: in closed books it is dated after the close


def check(entry: Entry) -> None:
    """Refuse an entry that the database would refuse, with a name for the reason.

    :raises NotBalanced: if its legs do not sum to zero
    :raises WrongAccount: if a leg has an owner that does not fit its kind
    """
    amounts = [leg.amount for leg in entry.legs]
    if len(amounts) < 2 or sum(amounts) != 0 or not all(amounts):
        raise NotBalanced(f"{entry.source_key}: {amounts}")
    for leg in entry.legs:
        of_customer = leg.kind in OF_CUSTOMER
        if of_customer is (leg.account_id is None) or (of_customer and leg.code):
            raise WrongAccount(f"{entry.source_key}: {leg}")
