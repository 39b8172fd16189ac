"""Comparing plans in the background: asked for each night and by people, done by a worker."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.queries import utility
from core import clock
from core.jobs import LeaseLost, claim, settle, worker_name
from core.periods import local_date
from statements.models import SavingsCheck
from statements.operations.chunks import MAX_ATTEMPTS, lease
from statements.pricing.suggestions import SAMPLE
from statements.pricing.suggestions.savings import Saving, Savings, compare_plans

logger = logging.getLogger(__name__)
PENDING, DONE = SavingsCheck.State.PENDING, SavingsCheck.State.DONE


@transaction.atomic
def ask(*, asked_by: User | None, at: datetime) -> SavingsCheck:
    """Have plans compared; return the comparison that waits already, if one does."""
    known, _new = SavingsCheck.objects.get_or_create(
        state=PENDING, defaults={"asked_at": at, "asked_by": asked_by}
    )
    return known


def step() -> bool:
    """Do a comparison that waits, and say whether there was one.

    One whose worker died three times is given up.
    """
    owner = worker_name()
    waiting = SavingsCheck.objects.filter(state=PENDING).order_by("pk")
    for check in claim(waiting, owner=owner, limit=1, lease=lease()):
        if check.attempts > MAX_ATTEMPTS:
            logger.error("savings_check.given_up", extra={"check": check.pk})
            check.delete()
            return True
        try:
            _work(check, owner)
        except LeaseLost:
            logger.info("savings_check.taken_over", extra={"check": check.pk})
        return True
    return False


def _work(check: SavingsCheck, owner: str) -> None:
    now = clock.now()
    found = compare_plans(local_date(now, utility().zone), SAMPLE)
    with transaction.atomic():
        settle(
            check,
            owner=owner,
            state=DONE,
            checked_at=now,
            customers=found.customers,
            compared=found.compared,
            found=[asdict(row) for row in found.rows],
        )
        SavingsCheck.objects.filter(state=DONE).exclude(pk=check.pk).delete()


def last_check() -> SavingsCheck | None:
    """Return the newest comparison that is done."""
    return SavingsCheck.objects.filter(state=DONE).order_by("-checked_at", "-pk").first()


def waiting_check() -> SavingsCheck | None:
    """Return the comparison that is not done yet."""
    return SavingsCheck.objects.filter(state=PENDING).first()


def savings_of(check: SavingsCheck | None) -> Savings:
    """Return what a comparison found; nothing was compared without one."""
    if check is None:
        return Savings()
    rows = [
        Saving(row["plan"], tuple(row["others"]), row["compared"], tuple(row["agreements"]))
        for row in check.found
    ]
    return Savings(check.customers, check.compared, tuple(rows))
