"""A dry run: price everybody who is due and write nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.models import CustomerAccount
from core.money import from_minor
from statements.models import BillingCycle
from statements.operations.plan import CHUNK_SIZE, due_accounts
from statements.rating import price, usual
from statements.rating.inputs import Payer
from statements.rating.load import load

FIRST = 20


@dataclass
class TrialSummary:
    """What a run would do."""

    month: str
    bills: int = 0
    held: int = 0
    skipped: int = 0
    totals_minor: Counter[str] = field(default_factory=Counter)  # by currency
    first: list[tuple[str, int, str]] = field(default_factory=list)  # account, minor, currency
    problems: list[tuple[str, str, str]] = field(default_factory=list)  # account, code, detail

    def as_dict(self) -> dict[str, Any]:
        return {**self.__dict__, "totals_minor": dict(self.totals_minor)}

    def as_text(self) -> str:
        lines = [
            f"dry run for {self.month}: {self.bills} bills, {self.held} of them held, "
            f"{len(self.problems)} parked, {self.skipped} with nothing to bill"
        ]
        lines += [f"total {from_minor(m, c)} {c}" for c, m in sorted(self.totals_minor.items())]
        lines += [f"{account}: {from_minor(m, c)} {c}" for account, m, c in self.first]
        lines += [f"parked {account}: {code} {why}" for account, code, why in self.problems]
        return "\n".join(lines)


def trial(cycle: BillingCycle, month: str, *, as_of: datetime) -> TrialSummary:
    """Return what billing the month would give; nothing is written.

    :raises BadMonth: if the month is malformed or has not ended at `as_of`
    """
    keys = due_accounts(cycle, month, as_of=as_of)
    summary = TrialSummary(month)
    for start in range(0, len(keys), CHUNK_SIZE):
        accounts = CustomerAccount.objects.filter(pk__in=keys[start : start + CHUNK_SIZE])
        _add(summary, list(accounts.select_related("customer").order_by("pk")))
    return summary


def _add(summary: TrialSummary, accounts: list[CustomerAccount]) -> None:
    numbers = {account.pk: account.number for account in accounts}
    payers = [Payer(a.pk, a.currency, a.customer.language) for a in accounts]
    loaded = load(payers, summary.month)
    bills, problems = price.price(loaded.bills)
    bills = usual.hold_unusual(bills, loaded.before)
    summary.bills += len(bills)
    summary.held += sum(bool(bill.hold_code) for bill in bills)
    summary.skipped += len(loaded.skipped)
    for bill in bills:
        summary.totals_minor[bill.input.currency] += bill.total_minor
        if len(summary.first) < FIRST:
            row = (numbers[bill.account_id], bill.total_minor, bill.input.currency)
            summary.first.append(row)
    for account, problem in {**problems, **loaded.problems}.items():
        summary.problems.append((numbers[account], problem.code, problem.detail))
