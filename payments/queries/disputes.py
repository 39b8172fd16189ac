"""Which debts are disputed: paid by money that the payer's bank asks back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ledger.models import Allocation
from payments.models import Chargeback, SuspenseItem

UNDECIDED = (Chargeback.State.INQUIRY, Chargeback.State.OPEN)


@dataclass(frozen=True, slots=True)
class Disputed:
    """Entries that a disputed payment paid, and bills that it was made for."""

    entries: frozenset[int] = frozenset()
    statements: frozenset[int] = frozenset()


def disputed_entries(account_ids: Collection[int]) -> Disputed:
    """Return what open chargebacks and inquiries concern, in at most three queries."""
    rows = Chargeback.objects.filter(
        state__in=UNDECIDED, payment__account_id__one_of=account_ids
    ).values_list("payment", "payment__intent_id", "payment__attempt__statement")
    payments = list(rows)
    if not payments:
        return Disputed()
    items = SuspenseItem.objects.filter(payment__in=[pk for pk, _, _ in payments])
    keys = [f"susp:{pk}" for pk in items.values_list("pk", flat=True)]
    keys += [f"pi:{intent}:ok" for _, intent, _ in payments]
    live = Allocation.objects.filter(
        credit__entry__source_key__in=keys, reverses=None, reversed_by=None
    )
    return Disputed(
        frozenset(live.values_list("debit__entry", flat=True)),
        frozenset(statement for _, _, statement in payments if statement),
    )
