"""The account history: every movement of an account with the balance that it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import CustomerAccount
from ledger.models import Kind
from ledger.queries import Balance, Movement, balance, history
from reports.history_words import Book

PAGE_SIZE = 50


@dataclass(frozen=True)
class HistoryRow:
    """One movement in words; amounts in minor units, a positive one is owed by the customer."""

    on: date
    words: str
    note: str
    link: str
    amount_minor: int
    balance_minor: int
    holding: str  # which of the customer's holdings moved, when it is not what is owed
    is_beside: bool  # money between the provider and a bank: it changes nothing that is owed


@dataclass(frozen=True)
class HistoryPage:
    """A page of movements, the newest first; `older` leads to the next page."""

    account: CustomerAccount
    balance: Balance
    rows: Sequence[HistoryRow]
    older: int | None
    is_first: bool


def history_page(account: CustomerAccount, *, before: int | None = None) -> HistoryPage:
    """Return movements before a number, or the newest; at most ten queries."""
    found = history(account.pk, account.currency, before_seq=before, limit=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    told = [movement for movement in shown if not _is_other_side(movement)]
    book = Book(told)
    return HistoryPage(
        account=account,
        balance=balance(account.pk, account.currency),
        rows=[_row(movement, book) for movement in told],
        older=shown[-1].seq if len(found) > PAGE_SIZE else None,
        is_first=before is None,
    )


def _is_other_side(movement: Movement) -> bool:
    """Say whether a movement only repeats another one of the same entry from `disputed`."""
    decided = "chargeback.lost", "chargeback.regained"
    return movement.kind == Kind.DISPUTED and movement.event_type in decided


def _row(movement: Movement, book: Book) -> HistoryRow:
    told = book.told(movement)
    return HistoryRow(
        on=movement.effective_date,
        words=told.words,
        note=told.note,
        link=told.link,
        amount_minor=movement.amount,
        balance_minor=movement.balance_after,
        holding="" if movement.kind == Kind.RECEIVABLE else str(Kind(movement.kind).label),
        is_beside=movement.kind == Kind.DISPUTED,
    )
