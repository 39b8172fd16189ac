"""The account history: every movement of an account with the balance that it leaves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import CustomerAccount
from ledger.models import Kind
from ledger.queries import Balance, Movement, balance, history
from statements.models import Statement

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


@dataclass(frozen=True)
class HistoryPage:
    """A page of movements, the newest first; `older` leads to the next page."""

    account: CustomerAccount
    balance: Balance
    rows: Sequence[HistoryRow]
    older: int | None
    is_first: bool


def history_page(account: CustomerAccount, *, before: int | None = None) -> HistoryPage:
    """Return movements before a number, or the newest; three queries whatever the page."""
    found = history(account.pk, account.currency, before_seq=before, limit=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    numbers = _bill_numbers(shown)
    return HistoryPage(
        account=account,
        balance=balance(account.pk, account.currency),
        rows=[_row(movement, numbers) for movement in shown],
        older=shown[-1].seq if len(found) > PAGE_SIZE else None,
        is_first=before is None,
    )


def _statement_id(movement: Movement) -> int | None:
    kind, _colon, rest = movement.source_key.partition(":")
    key = rest.partition(":")[0]
    return int(key) if kind == "stmt" and key.isdigit() else None


def _bill_numbers(movements: Iterable[Movement]) -> dict[int, str]:
    keys = {key for movement in movements if (key := _statement_id(movement)) is not None}
    rows = Statement.objects.filter(pk__in=keys).values_list("pk", "number")
    return {pk: number or "" for pk, number in rows}


def _row(movement: Movement, numbers: dict[int, str]) -> HistoryRow:
    number = numbers.get(_statement_id(movement) or 0, "")
    return HistoryRow(
        on=movement.effective_date,
        words=_words(movement.event_type, number),
        note=_note(movement),
        link=reverse("statements:detail", args=[number]) if number else "",
        amount_minor=movement.amount,
        balance_minor=movement.balance_after,
        holding="" if movement.kind == Kind.RECEIVABLE else str(Kind(movement.kind).label),
    )


def _note(movement: Movement) -> str:
    """Return the receipt's number; reasons of staff are for staff."""
    if movement.event_type != "payment.received":
        return ""
    return _("Receipt %(number)s") % {"number": movement.reason}


def _words(event_type: str, number: str) -> str:
    told = {
        "statement.issued": _("Bill %(number)s"),
        "statement.issued.reversed": _("Bill %(number)s cancelled"),
        "payment.received": _("Payment received"),
        "payment.received.reversed": _("Payment taken back"),
    }
    return told.get(event_type, event_type) % {"number": number}
