"""Charge late fees by the policy of each bill, and take them back."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import audit
from accounts.queries import people_to_tell, utility
from core import clock
from ledger import operations as ledger
from ledger.models import JournalEntry
from notifications.operations import announce
from payments.entries import late_fees as entries
from payments.models import LateFee
from payments.notices import late_fees as notices
from payments.queries.late_fees import DueFee, late_fees_due
from payments.queries.lateness import owing_accounts
from statements.models import Statement

logger = logging.getLogger(__name__)


class AlreadyWaived(Exception):
    """The late fee was taken back before."""


class ReasonMissing(ValueError):
    """A late fee is not taken back without a reason in words."""


def charge_late_fees(*, today: date, now: datetime) -> int:
    """Charge every late fee that is due on this day of the utility; return how many.

    Accounts are looked at in batches without locks; those with a fee due are locked and looked
    at again, so a payment that comes at the same moment is seen. A repeat charges nothing.

    :param now: the business moment that the notices bear
    :raises PeriodClosed: if the books of the day are closed
    """
    charged = 0
    for account_ids in owing_accounts():
        due = late_fees_due(account_ids, today=today, at=clock.real_now())
        if due:
            charged += _charge({fee.statement.account_id for fee in due}, today, now)
    logger.info("late_fee.charged", extra={"day": today.isoformat(), "charged": charged})
    return charged


@transaction.atomic
def _charge(account_ids: Collection[int], today: date, now: datetime) -> int:
    ledger.lock(account_ids)
    due = late_fees_due(account_ids, today=today, at=clock.real_now())
    if not due:
        return 0
    fees = LateFee.objects.bulk_create([_row(fee, today) for fee in due])
    owners = [fee.statement.account_id for fee in due]
    ledger.post_many(
        [entries.late_fee_charged(fee, owner) for fee, owner in zip(fees, owners, strict=True)]
    )
    ledger.allocate(set(owners))
    _tell(due, fees, now)
    return len(fees)


def _row(fee: DueFee, today: date) -> LateFee:
    return LateFee(
        statement=fee.statement,
        step=fee.step,
        policy=fee.policy,
        open_minor=fee.open_minor,
        amount_minor=fee.amount_minor,
        currency=fee.statement.currency,
        charged_on=today,
    )


def _tell(due: Sequence[DueFee], fees: Sequence[LateFee], now: datetime) -> None:
    people = people_to_tell([fee.statement.account_id for fee in due], clock.real_now())
    house = utility()
    drafts = [
        notices.late_fee_charged(
            fee, each.statement, people.get(each.statement.account_id, []), house=house
        )
        for each, fee in zip(due, fees, strict=True)
    ]
    announce(drafts, now=now)


def waive_of_cancelled(*, today: date) -> int:
    """Take back the late fees of bills that were cancelled since; return how many.

    :raises PeriodClosed: if the books of the day are closed
    """
    cancelled = Statement.State.CANCELLED, Statement.State.SUPERSEDED
    charged = LateFee.objects.filter(state=LateFee.State.CHARGED, statement__state__in=cancelled)
    taken = 0
    for fee in charged.select_related("statement__account__customer").order_by("pk"):
        with suppress(AlreadyWaived):  # by a person, in this moment
            waive(fee, reason=_("The bill was cancelled"), actor=None, waived_on=today)
            taken += 1
    return taken


@transaction.atomic
def waive(fee: LateFee, *, reason: str, actor: User | None, waived_on: date) -> None:
    """Take a late fee back by its mirror; what was paid for it pays other debts, or is credit.

    :raises ReasonMissing: if the reason is empty
    :raises AlreadyWaived: if it was taken back before
    :raises PeriodClosed: if the books of that day are closed
    """
    if not reason.strip():
        raise ReasonMissing("say why the late fee is taken back")
    statement = fee.statement
    ledger.lock([statement.account_id])
    by = actor.email if actor else "system"
    changed = LateFee.objects.filter(pk=fee.pk, state=LateFee.State.CHARGED).update(
        state=LateFee.State.WAIVED,
        waived_by=by[:120],
        waived_on=waived_on,
        waive_reason=reason.strip()[:200],
    )
    if not changed:
        raise AlreadyWaived(f"late fee {fee} was taken back before")
    fee.refresh_from_db()
    ledger.reverse(
        JournalEntry.objects.get(source_key=entries.charged_key(statement.pk, fee.step)).pk,
        source_key=entries.waived_key(statement.pk, fee.step),
        effective_date=waived_on,
        reason=fee.waive_reason,
        actor=by,
    )
    detail = {"reason": fee.waive_reason, "amount_minor": fee.amount_minor}
    audit("late_fee.waive", fee, actor=actor, account=statement.account, detail=detail)
    people = people_to_tell([statement.account_id], clock.real_now())
    announce([notices.late_fee_waived(fee, statement, people.get(statement.account_id, []))])
