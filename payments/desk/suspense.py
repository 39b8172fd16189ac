"""Unidentified receipts as the desk shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import CustomerAccount
from ledger.models import JournalEntry
from ledger.queries import balance, open_by_entry
from payments.desk.paid import PaidItem, described
from payments.models import SuspenseItem


@dataclass(frozen=True)
class SuspenseRow:
    """One receipt of the list; `days` since it came."""

    item: SuspenseItem
    why: str
    days: int
    is_open: bool


@dataclass(frozen=True)
class Receiver:
    """The account that money is to be given to; amounts in minor units of its currency."""

    account: CustomerAccount
    balance_minor: int
    open_items: Sequence[PaidItem]


def rows(items: Iterable[SuspenseItem], *, today: date) -> list[SuspenseRow]:
    return [row(item, today=today) for item in items]


def row(item: SuspenseItem, *, today: date) -> SuspenseRow:
    return SuspenseRow(
        item=item,
        why=_reasons().get(item.why, item.why),
        days=(today - item.received_on).days,
        is_open=item.state == SuspenseItem.State.OPEN,
    )


def receiver(account: CustomerAccount) -> Receiver:
    """Return what an account owes, oldest first."""
    left = open_by_entry(account.pk, account.currency)
    entries = JournalEntry.objects.in_bulk(list(left))
    items = described([(entries[pk], amount) for pk, amount in left.items()])
    return Receiver(account, balance(account.pk, account.currency).balance, items)


def _reasons() -> dict[str, str]:
    return {
        "unknown_account": _("It names no account of ours."),
        "currency": _("It came in another currency than the account is kept in."),
        "not_restored": _("Its attempt to pay is not known here and does not fit any account."),
    }
