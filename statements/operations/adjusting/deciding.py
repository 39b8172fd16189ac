"""Decide on an adjustment above the limit: finance approves or returns what others asked for."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import grants
from accounts.models import Approval, User
from accounts.operations import approvals, audit
from accounts.queries import utility
from accounts.staff import StaffRole
from core.periods import local_date
from ledger import operations as ledger
from statements.models import Adjustment
from statements.operations.adjusting import rules
from statements.operations.adjusting.effect import fingerprint
from statements.operations.adjusting.posting import post

DECIDING = (StaffRole.FINANCE,)
State = Adjustment.State


@transaction.atomic
def approve_adjustment(
    adjustment: Adjustment, *, asked: Approval, decided_by: User, now: datetime, real_now: datetime
) -> None:
    """Post what another person asked for, if the bill is still as it was then.

    :raises NotAllowed: of `approvals`, if the person is not of finance, or is the customer or
        close to them
    :raises SamePerson, AlreadyDecided, ChangedSince: of `approvals`
    :raises NotAdjustable, BadAmount: as in asking
    :raises PeriodClosed: if the books of the day are closed
    """
    statement = adjustment.statement
    ledger.lock([statement.account_id])
    _must_be_neutral(adjustment, decided_by, real_now)
    approvals.approve(
        asked,
        decided_by=decided_by,
        real_now=real_now,
        fingerprint=fingerprint(adjustment),
        among=DECIDING,
    )
    rules.must_fit(statement, adjustment.amount_minor, besides=adjustment)
    day = local_date(now, utility().zone)
    post(adjustment, decided_by=decided_by, on=day, now=now, real_now=real_now)
    _audit("adjustment.approve", adjustment, decided_by)


@transaction.atomic
def reject_adjustment(
    adjustment: Adjustment, *, asked: Approval, decided_by: User, reason: str, real_now: datetime
) -> None:
    """Return what another person asked for, with a reason; nothing was booked.

    :raises ReasonMissing, NotAllowed, SamePerson, AlreadyDecided: of `approvals`
    """
    _must_be_neutral(adjustment, decided_by, real_now)
    approvals.reject(asked, decided_by=decided_by, note=reason, real_now=real_now, among=DECIDING)
    _close(adjustment, State.REJECTED, decided_by)
    _audit("adjustment.reject", adjustment, decided_by)


@transaction.atomic
def withdraw_adjustment(
    adjustment: Adjustment, *, asked: Approval, withdrawn_by: User, real_now: datetime
) -> None:
    """Take back what one asked for oneself; nothing was booked.

    :raises NotAllowed, AlreadyDecided: of `approvals`
    """
    approvals.withdraw(asked, withdrawn_by=withdrawn_by, real_now=real_now)
    _close(adjustment, State.WITHDRAWN, None)
    _audit("adjustment.withdraw", adjustment, withdrawn_by)


def _must_be_neutral(adjustment: Adjustment, person: User, real_now: datetime) -> None:
    if grants.is_close(person, adjustment.statement.account.customer, real_now):
        raise approvals.NotAllowed(f"{person} is close to the customer of {adjustment.statement}")


def _close(adjustment: Adjustment, state: State, decided_by: User | None) -> None:
    waiting = Adjustment.objects.filter(pk=adjustment.pk, state=State.WAITING)
    if not waiting.update(state=state, decided_by=decided_by):
        raise approvals.AlreadyDecided(f"{adjustment} does not wait")
    adjustment.refresh_from_db()


def _audit(action: str, adjustment: Adjustment, actor: User) -> None:
    account = adjustment.statement.account
    detail = {"bill": adjustment.statement.number, "amount_minor": adjustment.amount_minor}
    audit(action, adjustment, actor=actor, account=account, detail=detail)
