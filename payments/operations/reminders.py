"""Tell who is late."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from accounts.queries import people_to_tell
from core import clock
from notifications.models import Notice
from notifications.operations import announce
from payments import notices
from payments.queries.lateness import Lateness, owing_accounts, past_due


def notify_overdue(*, today: date, now: datetime) -> int:
    """Tell, once for each bill, that its due date has passed and money is open; return how many.

    The reminder comes on the day after the due date: the days of grace are for the late fee.
    What is disputed, or on its way to us, is not asked for. Works in batches of accounts with a
    constant number of queries each; a repeat tells nobody twice.

    :param today: the utility's day
    """
    told = 0
    for account_ids in owing_accounts():
        told += _tell(_not_told(account_ids, today), now)
    return told


def _not_told(account_ids: Collection[int], today: date) -> list[Lateness]:
    late = [each for each in past_due(account_ids, today=today, at=clock.real_now()) if each.counts]
    keys = {each.statement.pk: f"{notices.OVERDUE}:{each.statement.pk}" for each in late}
    told = set(Notice.objects.filter(key__in=keys.values()).values_list("key", flat=True))
    return [each for each in late if keys[each.statement.pk] not in told]


def _tell(late: Sequence[Lateness], now: datetime) -> int:
    if not late:
        return 0
    people = people_to_tell([each.statement.account_id for each in late], clock.real_now())
    announce(
        [
            notices.statement_overdue(
                each.statement, each.late_minor, people.get(each.statement.account_id, [])
            )
            for each in late
        ],
        now=now,
    )
    return len(late)
