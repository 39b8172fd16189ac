"""What may be adjusted, by how much, and how much one person may adjust alone in a day."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db.models import Sum
from django.db.models.functions import Abs

from accounts.models import User
from statements.models import Adjustment, Statement

State = Adjustment.State


class NotAdjustable(Exception):
    """The bill is not issued, or is cancelled."""


class BadAmount(ValueError):
    """An adjustment by nothing, or a credit over more than the bill."""

    def __init__(self, creditable_minor: int) -> None:
        super().__init__(f"at most {creditable_minor} can be credited")
        self.creditable_minor = creditable_minor


class NoteMissing(ValueError):
    """An adjustment without a word on why."""


def creditable_minor(statement: Statement, *, besides: Adjustment | None = None) -> int:
    """Return how much credit the bill may still get, in minor units: never more than it charged.

    Credits and charges that wait count as if they were posted. Exact only under the lock of the
    account.

    :param besides: an adjustment that does not count, since it is the one being decided
    """
    counted = statement.adjustments.filter(state__in=(State.WAITING, State.POSTED))
    if besides:
        counted = counted.exclude(pk=besides.pk)
    credits = counted.filter(amount_minor__lt=0).aggregate(sum=Sum("amount_minor"))["sum"] or 0
    return max(int(statement.total_minor) + int(credits), 0)


def must_fit(statement: Statement, amount_minor: int, *, besides: Adjustment | None = None) -> None:
    """Check, under the lock of the account, that the bill may be adjusted by so much.

    :raises NotAdjustable: if it is not an issued bill
    :raises BadAmount: if it is nothing, or more credit than is left of the bill
    """
    statement.refresh_from_db(fields=["state"])
    if statement.state != Statement.State.ISSUED:
        raise NotAdjustable(f"{statement} is {statement.state}")
    creditable = creditable_minor(statement, besides=besides)
    if amount_minor == 0 or -amount_minor > creditable:
        raise BadAmount(creditable)


def left_alone_minor(person: User, on: date) -> int:
    """Return how much a person may still adjust alone on a day of the utility, in minor units.

    What they adjusted alone on that day counts, credits and charges alike, also when it was
    taken back with its bill: to split an amount does not help. Exact only under `lock_day`.
    """
    alone = Adjustment.objects.filter(
        requested_by=person,
        requested_on=on,
        decided_by__isnull=True,
        state__in=Adjustment.IN_BOOKS,
    )
    used = alone.aggregate(sum=Sum(Abs("amount_minor")))["sum"] or 0
    return max(settings.ADJUSTMENT_LIMIT_MINOR - int(used), 0)


def lock_day(person: User) -> None:
    """Let a person adjust one bill at a time, until the transaction ends."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
