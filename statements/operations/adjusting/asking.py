"""Adjust an issued bill: at once within one's limit, else by asking a second person."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.models import AssistanceGrant
from accounts.operations import approvals, audit
from accounts.operations.grants import raise_level
from accounts.queries import utility
from core.periods import local_date
from ledger import operations as ledger
from statements.models import Adjustment, Statement
from statements.operations.adjusting import rules
from statements.operations.adjusting.effect import KIND, effect, fingerprint
from statements.operations.adjusting.posting import post

State = Adjustment.State


@transaction.atomic
def adjust(
    statement: Statement,
    *,
    amount_minor: int,
    reason_code: str,
    note: str,
    customer_text: str = "",
    grant: AssistanceGrant,
    now: datetime,
    real_now: datetime,
    token: uuid.UUID | None = None,
) -> Adjustment:
    """Credit or charge something beside an issued bill; the document never changes.

    What one employee adjusts alone in a day stays within `ADJUSTMENT_LIMIT_MINOR`; more waits
    for a second person, and nothing is booked before.

    :param amount_minor: in minor units of the bill's currency; negative is credit
    :param grant: the live help session of the employee with the customer of the bill
    :param token: of the page; the same page sent again returns the first adjustment
    :raises NotAllowed: of `approvals`, if the session is about another customer
    :raises NotLive: of `grants`, if the session has ended
    :raises NoteMissing: if the note is empty
    :raises NotAdjustable: if the bill is not an issued one
    :raises BadAmount: if it is nothing, or more credit than is left of the bill
    :raises PeriodClosed: if the books of the day are closed
    """
    if grant.customer_id != statement.account.customer_id:
        raise approvals.NotAllowed("the help session is about another customer")
    if not note.strip():
        raise rules.NoteMissing("say why the bill is adjusted")
    rules.lock_day(grant.employee)
    mine = Adjustment.objects.filter(requested_by=grant.employee)
    if token and (earlier := mine.filter(uid=token).first()):
        return earlier
    raise_level(grant, real_now)
    ledger.lock([statement.account_id])
    rules.must_fit(statement, amount_minor)
    adjustment = Adjustment(
        uid=token or uuid.uuid4(),
        statement=statement,
        amount_minor=amount_minor,
        currency=statement.currency,
        reason_code=reason_code,
        note=note.strip()[:500],
        customer_text=customer_text.strip()[:200],
    )
    return _kept(adjustment, grant, now, real_now)


def _kept(
    adjustment: Adjustment, grant: AssistanceGrant, now: datetime, real_now: datetime
) -> Adjustment:
    """Write an adjustment, and post it or ask for it."""
    day = local_date(now, utility().zone)
    is_alone = abs(adjustment.amount_minor) <= rules.left_alone_minor(grant.employee, day)
    adjustment.grant, adjustment.requested_by = grant, grant.employee
    adjustment.requested_at, adjustment.requested_on = now, day
    adjustment.limit_minor = settings.ADJUSTMENT_LIMIT_MINOR
    adjustment.state = State.WAITING
    adjustment.save(force_insert=True)
    _audit(adjustment, grant)
    if is_alone:
        post(adjustment, decided_by=None, on=day, now=now, real_now=real_now)
    else:
        _ask(adjustment, real_now)
    return adjustment


def _ask(adjustment: Adjustment, real_now: datetime) -> None:
    statement = adjustment.statement
    change = effect(statement, adjustment.amount_minor)
    approvals.ask(
        KIND,
        adjustment,
        requested_by=adjustment.requested_by,
        reason=adjustment.note,
        account=statement.account,
        amount_minor=adjustment.amount_minor,
        currency=adjustment.currency,
        before=change.before,
        after={
            **change.after,
            "bill": statement.number,
            "reason_code": adjustment.reason_code,
            "customer_text": adjustment.customer_text,
        },
        fingerprint=fingerprint(adjustment),
        real_now=real_now,
    )


def _audit(adjustment: Adjustment, grant: AssistanceGrant) -> None:
    detail = {
        "bill": adjustment.statement.number,
        "amount_minor": adjustment.amount_minor,
        "reason": adjustment.reason_code,
        "note": adjustment.note,
    }
    account = adjustment.statement.account
    audit(
        "adjustment.request",
        adjustment,
        actor=grant.employee,
        account=account,
        grant=grant,
        detail=detail,
    )
