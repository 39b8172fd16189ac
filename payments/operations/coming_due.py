"""Remind of bills that will be due soon, on the days that people chose."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.models import User
from accounts.queries import people_to_tell
from core import clock
from notifications.choices import reminder_days
from notifications.events import USUAL_DAYS
from notifications.models import Notice
from notifications.operations import Draft, announce
from payments import notices
from payments.queries.lateness import Lateness, due_soon, owing_accounts

LATE_BY = 2  # days by which a reminder may come late: the timetable makes up for as many
FARTHEST = 14  # days before the due date

Days = Mapping[int, tuple[int, ...]]  # what each person chose


@dataclass(frozen=True, slots=True)
class Reminder:
    """One open bill on one of the days before it is due, and who wants to hear of it then."""

    bill: Lateness
    days_before: int
    people: list[User]
    has_people: bool  # without a login of anybody, the customer's own address is told

    @property
    def key(self) -> str:
        return notices.due_soon_key(self.bill.statement, self.days_before)


def remind_of_due(*, today: date, now: datetime) -> int:
    """Tell of open bills so many days before they are due; return how many reminders there were.

    Each is given once for a bill and a number of days: a repeat tells nobody twice, and a day on
    which nothing ran is made up for. A day before the bill was issued, or that very day, reminds
    of nothing. Works in batches of accounts with a constant number of queries each.

    :param today: the utility's day
    """
    told = 0
    for account_ids in owing_accounts():
        told += _tell(_not_told(account_ids, today), today, now)
    return told


def _not_told(account_ids: Collection[int], today: date) -> list[Reminder]:
    at = clock.real_now()
    soon = due_soon(account_ids, days=range(1, FARTHEST + 1), today=today, at=at)
    open_ones = [each for each in soon if each.counts]
    if not open_ones:
        return []
    people = people_to_tell({each.statement.account_id for each in open_ones}, at)
    chosen = reminder_days({user.pk for told in people.values() for user in told})
    due = [
        reminder
        for each in open_ones
        for reminder in _reminders(each, people[each.statement.account_id], chosen, today)
    ]
    keys = [reminder.key for reminder in due]
    known = set(Notice.objects.filter(key__in=keys).values_list("key", flat=True))
    return [reminder for reminder in due if reminder.key not in known]


def _reminders(
    bill: Lateness, people: Sequence[User], chosen: Days, today: date
) -> Iterator[Reminder]:
    """Yield the reminder of a bill that today asks for, if one does."""
    days = {day for user in people for day in chosen[user.pk]} if people else set(USUAL_DAYS)
    day = _day(bill, days, today)
    if day is not None:
        wanting = [user for user in people if day in chosen[user.pk]]
        yield Reminder(bill, day, wanting, bool(people))


def _day(bill: Lateness, days: Collection[int], today: date) -> int | None:
    """Return the nearest of the days that today is, or is a little late for."""
    due, issued = bill.statement.due_date, bill.statement.issue_date
    if due is None or issued is None:
        return None
    left = (due - today).days
    fitting = [
        day for day in days if left <= day <= left + LATE_BY and issued < due - timedelta(days=day)
    ]
    return min(fitting, default=None)


def _tell(due: Sequence[Reminder], today: date, now: datetime) -> int:
    announce([_draft(reminder, today) for reminder in due], now=now)
    return len(due)


def _draft(reminder: Reminder, today: date) -> Draft:
    statement = reminder.bill.statement
    return notices.statement_due_soon(
        statement,
        reminder.bill.late_minor,
        reminder.people,
        days_before=reminder.days_before,
        today=today,
        customer_email="" if reminder.has_people else statement.account.customer.email,
    )
