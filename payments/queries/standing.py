"""What an account may pay now: what the books say, less what is on its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from accounts.models import CustomerAccount
from accounts.queries import utility
from core import clock
from ledger.owed import Owed, owed
from payments.models import LIVE, PaymentAttempt
from payments.providers.stripe import limits


@dataclass(frozen=True, slots=True)
class Standing:
    """What an account stands at, in minor units of its currency; never negative but `balance`."""

    balance: int  # posted; negative is the customer's credit
    overdue: int  # the part of it whose due date has passed
    processing: int  # handed to a bank, no result yet
    reserved: int  # by every live attempt, those in processing included
    payable: int  # what is owed and not reserved
    credit: int


def standing(account: CustomerAccount, *, today: date | None = None) -> Standing:
    """Return what the account owes, what is on its way and what is left to pay.

    :param today: the utility's day, for what is overdue; else the business clock's
    """
    owes = owed(account.pk, account.currency)
    stands = owes.balance.balance
    reserved, processing = _on_the_way(account)
    return Standing(
        balance=stands,
        overdue=_overdue(owes, today or clock.today(utility().zone)),
        processing=processing,
        reserved=reserved,
        payable=max(stands - reserved, 0),
        credit=max(-stands, 0),
    )


def minimum(currency: str) -> int:
    """Return the smallest amount that can be paid online; less is carried forward."""
    return limits.minimum(currency)


def _on_the_way(account: CustomerAccount) -> tuple[int, int]:
    live = PaymentAttempt.objects.filter(account=account, state__in=LIVE)
    in_processing = Q(state=PaymentAttempt.State.PROCESSING)
    sums = live.aggregate(
        reserved=Sum("amount_minor"), processing=Sum("amount_minor", filter=in_processing)
    )
    return sums["reserved"] or 0, sums["processing"] or 0


def _overdue(owes: Owed, today: date) -> int:
    late = sum(item.left for item in owes.debits if item.date < today)
    return min(late, max(owes.balance.balance, 0))
