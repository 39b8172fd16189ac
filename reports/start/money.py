"""What an account owes, by when, and what is on its way; the amount is the ledger's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from accounts.models import CustomerAccount
from ledger.owed import owed as owed_by
from ledger.queries import Balance
from payments.access import customer as access
from payments.models import LIVE, PaymentAttempt
from payments.queries import minimum

LATELY = timedelta(days=30)
State = PaymentAttempt.State
UNFINISHED = (State.OPEN, State.REQUIRES_ACTION)  # the payer has something left to do


@dataclass(frozen=True)
class Money:
    """What an account stands at; amounts in minor units of its currency, none below zero."""

    balance: Balance
    overdue_minor: int
    overdue_since: date | None  # the oldest due date that has passed
    due_minor: int  # what is owed and not overdue
    due_on: date | None  # the first due date that is still to come
    under_way: Sequence[PaymentAttempt]
    failed: PaymentAttempt | None  # the newest attempt, if it failed lately
    minimum_minor: int
    today: date

    @property
    def owed_minor(self) -> int:
        return max(self.balance.balance, 0)

    @property
    def credit_minor(self) -> int:
        return max(-self.balance.balance, 0)

    @property
    def on_its_way(self) -> Sequence[PaymentAttempt]:
        """Payments that the payer has nothing left to do for."""
        return [attempt for attempt in self.under_way if attempt.state not in UNFINISHED]

    @property
    def reserved_minor(self) -> int:
        return sum(attempt.amount_minor for attempt in self.under_way)

    @property
    def payable_minor(self) -> int:
        """What is owed and not on its way; what is too little to be taken online counts as 0."""
        left = max(self.owed_minor - self.reserved_minor, 0)
        return left if left >= self.minimum_minor else 0

    @property
    def has_part_overdue(self) -> bool:
        """Tell whether what is overdue can be paid by itself, less than all."""
        return self.minimum_minor <= self.overdue_minor < self.payable_minor

    @property
    def days_left(self) -> int:
        return (self.due_on - self.today).days if self.due_on else 0

    @property
    def days_late(self) -> int:
        return (self.today - self.overdue_since).days if self.overdue_since else 0


def money_of(account: CustomerAccount, attempts: Sequence[PaymentAttempt], *, today: date) -> Money:
    """Return what the account stands at on the utility's day; one query.

    :param attempts: what is on its way and what was tried lately, the newest first
    """
    stands = owed_by(account.pk, account.currency)
    owed = max(stands.balance.balance, 0)
    debts = stands.debits if owed else []
    late = [item for item in debts if item.date < today]
    overdue = min(sum(item.left for item in late), owed)
    newest = attempts[0] if attempts else None
    return Money(
        balance=stands.balance,
        overdue_minor=overdue,
        overdue_since=late[0].date if late else None,
        due_minor=owed - overdue,
        due_on=next((item.date for item in debts if item.date >= today), None),
        under_way=[each for each in attempts if each.is_live],
        failed=newest if newest and newest.state == State.FAILED else None,
        minimum_minor=minimum(account.currency),
        today=today,
    )


def is_recent(now: datetime) -> Q:
    """Match the attempts to pay that are on their way, and those of the last days."""
    return Q(state__in=LIVE) | Q(created_at__gte=now - LATELY)


def recent_attempts(account: CustomerAccount, now: datetime) -> list[PaymentAttempt]:
    """Return what is on its way and what was tried lately, the newest first."""
    return list(access.attempts(account).filter(is_recent(now)).order_by("-pk"))
