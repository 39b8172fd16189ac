"""The entries that one payment made in the books, from its receipt to its last refund."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from ledger.models import JournalEntry, Posting
from payments.desk import words
from payments.models import BalanceTransaction, Chargeback, Payment, Refund, SuspenseItem


@dataclass(frozen=True)
class Leg:
    """One side of an entry; a debit is positive. Minor units."""

    account: str
    amount_minor: int


@dataclass(frozen=True)
class EntryRow:
    """One entry of the payment."""

    on: date
    words: str
    source_key: str
    actor: str
    currency: str
    legs: Sequence[Leg]


def credit_keys(payment: Payment) -> list[str]:
    """Return the sources under which the payment can have credited its account."""
    keys = [f"rcpt:{payment.pk}"]
    if payment.intent_id:
        keys.append(f"pi:{payment.intent_id}:ok")
        items = SuspenseItem.objects.filter(payment=payment).values_list("pk", flat=True)
        keys += [f"susp:{pk}" for pk in items]
    return keys


def entries_of(
    payment: Payment, refunds: Sequence[Refund], disputes: Sequence[Chargeback]
) -> list[EntryRow]:
    """Return the entries of a payment, its fees, refunds and disputes, in the order of booking."""
    keys = [*credit_keys(payment), f"rcpt:{payment.pk}:reverse"]
    for refund in refunds:
        keys.append(f"rf:{refund.pk}:req")
        if refund.provider_id:
            keys.append(f"re:{refund.provider_id}:ok")
            keys += [f"re:{refund.provider_id}:fail:{n}" for n in range(1, refund.failures + 1)]
    keys += [f"dp:{dispute.provider_id}:lost" for dispute in disputes]
    keys += _of_balance([payment.charge_id, *(dispute.provider_id for dispute in disputes)])
    postings = Posting.objects.select_related("account").order_by("pk")
    found = (
        JournalEntry.objects.posted()
        .filter(source_key__in=keys)
        .prefetch_related(Prefetch("postings", postings))
        .order_by("pk")
    )
    return [_row(entry) for entry in found]


def _of_balance(source_ids: Sequence[str]) -> list[str]:
    known = [source_id for source_id in source_ids if source_id]
    moves = BalanceTransaction.objects.filter(source_id__in=known)
    ids = moves.values_list("provider_id", flat=True)
    return [key for id_ in ids for key in (f"bt:{id_}", f"bt:{id_}:fee")]


def _row(entry: JournalEntry) -> EntryRow:
    legs = [
        Leg(str(posting.account.get_kind_display()), posting.amount)
        for posting in entry.postings.all()
    ]
    return EntryRow(
        on=entry.effective_date,
        words=words.event_words(entry.event_type),
        source_key=entry.source_key,
        actor=entry.actor,
        currency=entry.currency,
        legs=legs,
    )
