"""Take an entry back by its mirror. Nothing is edited and nothing is lost."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from ledger.entries import Entry, Leg
from ledger.models import JournalEntry, Posting
from ledger.operations import locks
from ledger.operations.allocation import allocate, pair, release_allocations
from ledger.operations.posting import post


class NotReversible(Exception):
    """The entry is reversed already, is itself a reversal, or was never posted."""


@transaction.atomic
def reverse(
    entry_id: int,
    *,
    source_key: str,
    effective_date: date,
    reason: str,
    actor: str,
    is_fact: bool = False,
) -> int:
    """Post the mirror of an entry and return its id.

    What the entry paid or was paid by is released first; entry and mirror then settle each
    other, and credit that became free is used on what is still open.

    :param is_fact: it happened outside, so that in closed books it is dated after the close
    :raises NotReversible: if it is reversed already, is a reversal, or was never posted
    :raises PeriodClosed: if the effective date is closed
    """
    original = _lock(entry_id)
    release_allocations(entry_id)
    mirror_id = post(
        Entry(
            event_type=f"{original.event_type}.reversed",
            source_key=source_key,
            currency=original.currency,
            effective_date=effective_date,
            legs=_mirrored(original),
            actor=actor,
            reason=reason,
            category=original.category,
            reverses_id=original.pk,
            is_fact=is_fact,
        )
    )
    allocate(_settle(original.pk, mirror_id))
    return mirror_id


def _lock(entry_id: int) -> JournalEntry:
    owners = Posting.objects.filter(entry_id=entry_id).values_list("account__account_id", flat=True)
    locks.lock({account_id for account_id in owners if account_id is not None})
    original = JournalEntry.objects.posted().filter(pk=entry_id).first()
    if original is None or original.reverses_id:
        raise NotReversible(f"entry {entry_id} is no posted entry of its own")
    if JournalEntry.objects.filter(reverses_id=entry_id).exists():
        raise NotReversible(f"entry {entry_id} is reversed already")
    return original


def _mirrored(original: JournalEntry) -> list[Leg]:
    postings = original.postings.select_related("account").order_by("pk")
    return [Leg(p.account.kind, -p.amount, p.account.account_id, p.account.code) for p in postings]


def _settle(entry_id: int, mirror_id: int) -> set[int]:
    """Allocate an entry and its mirror to each other; return the customer accounts concerned."""
    ours, theirs = _receivables(entry_id), _receivables(mirror_id)
    owners = {posting.account_id: posting.account.account_id or 0 for posting in ours}
    standings = locks.lock(set(owners.values()))
    for posting, mirror in zip(ours, theirs, strict=True):
        credit, debit = sorted([posting, mirror], key=lambda p: p.amount)
        standing = standings[owners[posting.account_id], posting.currency]
        pair([(credit.pk, debit.pk, debit.amount)], standing)
    locks.save(standings.values())
    return {account_id for account_id, _ in standings}


def _receivables(entry_id: int) -> list[Posting]:
    postings = Posting.objects.filter(entry_id=entry_id, account__kind="receivable")
    return list(postings.select_related("account").order_by("pk"))
