"""Which debts a payment will meet: the ledger's own order, played through before it is paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from accounts.models import CustomerAccount
from ledger.models import JournalEntry
from ledger.policies import POLICIES, Item, match
from ledger.queries import open_debits
from payments.customer.debts import Debt, debts
from statements import entries
from statements.models import Statement


@dataclass(frozen=True)
class Part:
    """A part of the payment and the debt it goes to; minor units."""

    debt: Debt
    amount_minor: int


@dataclass(frozen=True)
class Preview:
    """Where a payment goes, what stays open after it, and what of it is left as credit."""

    parts: Sequence[Part]
    open_minor: int
    credit_minor: int


def preview(
    account: CustomerAccount, statement: Statement | None, amount_minor: int, *, today: date
) -> Preview:
    """Match an amount with the open debts, the chosen bill first; three queries."""
    owed = open_debits(account.pk, account.currency)
    keys = dict(
        JournalEntry.objects.filter(pk__in={item.entry_id for item in owed}).values_list(
            "pk", "source_key"
        )
    )
    first = entries.issue_key(statement.pk) if statement else ""
    prefer = [entry_id for entry_id, key in keys.items() if key == first]
    money = Item(0, 0, today, "other", amount_minor)
    matched = list(match([money], owed, POLICIES[settings.ALLOCATION_POLICY], prefer=prefer))
    names = debts(list(keys.values()))
    of = {item.posting_id: names[keys[item.entry_id]] for item in owed}
    used = sum(amount for _, _, amount in matched)
    return Preview(
        parts=[Part(of[debit], amount) for _, debit, amount in matched],
        open_minor=sum(item.left for item in owed) - used,
        credit_minor=amount_minor - used,
    )
