"""What a payment paid, and what opens again when some of it goes back; told from the books."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from ledger.models import JournalEntry
from ledger.queries import paid_by, settlement
from payments.desk import books, words
from payments.models import Payment
from statements.models import Statement


@dataclass(frozen=True)
class PaidItem:
    """A part of a payment and the debt that it meets; amount in minor units."""

    words: str
    due_on: date | None
    amount_minor: int
    is_undone: bool = False  # the debt is a refund or the like of this same payment


@dataclass(frozen=True)
class Paid:
    """The items in the order in which they were paid; `unused_minor` is left as credit."""

    items: Sequence[PaidItem]
    unused_minor: int

    def reopened_by(self, amount_minor: int) -> list[PaidItem]:
        """Return what opens again when so much goes back: credit first, then the last paid."""
        left = max(amount_minor - self.unused_minor, 0)
        opened = []
        for item in reversed(self.items):
            part = 0 if item.is_undone else min(left, item.amount_minor)
            if part:
                opened.append(PaidItem(item.words, item.due_on, part))
            left -= part
        return opened


def what_it_paid(payment: Payment) -> Paid:
    """Return what the payment's credit is used for now, in four queries at most."""
    keys = books.credit_keys(payment)
    credit = -sum(found.amount for found in settlement(keys).values())
    used = [pair for pairs in paid_by(keys).values() for pair in pairs]
    entries = _entries(key for key, _amount in used)
    items = described([(entries[key], amount) for key, amount in used])
    return Paid(items, max(credit - sum(item.amount_minor for item in items), 0))


def described(debts: Sequence[tuple[JournalEntry, int]]) -> list[PaidItem]:
    """Say in words what debts are, given with an amount each; one query for the bills."""
    numbers = _bill_numbers(entry.source_key for entry, _amount in debts)
    return [_item(entry, amount, numbers) for entry, amount in debts]


def _entries(keys: Iterable[str]) -> dict[str, JournalEntry]:
    found = JournalEntry.objects.filter(source_key__in=list(keys))
    return {entry.source_key: entry for entry in found}


def _item(entry: JournalEntry, amount: int, numbers: dict[int, str]) -> PaidItem:
    undone = _undone().get(entry.source_key.partition(":")[0])
    if undone:
        return PaidItem(undone, None, amount, is_undone=True)
    number = numbers.get(_bill_id(entry.source_key), "")
    told = words.event_words(entry.event_type)
    shown = _("%(what)s %(number)s") % {"what": told, "number": number} if number else told
    return PaidItem(shown, entry.due_on, amount)


def _undone() -> dict[str, str]:
    """Return how a credit is undone, by the first word of the debit's source key."""
    return {
        "rf": _("Given back by a refund"),
        "dp": _("Taken back by the payer's bank"),
        "rcpt": _("Reversed"),
    }


def _bill_numbers(source_keys: Iterable[str]) -> dict[int, str]:
    keys = {_bill_id(key) for key in source_keys} - {0}
    rows = Statement.objects.filter(pk__in=keys).values_list("pk", "number")
    return {pk: number or "" for pk, number in rows}


def _bill_id(source_key: str) -> int:
    kind, _colon, rest = source_key.partition(":")
    key = rest.partition(":")[0]
    return int(key) if kind in ("stmt", "late") and key.isdigit() else 0
