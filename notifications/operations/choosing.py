"""Choosing how one is told: of which events by mail, and how long before a bill is due."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from accounts.models import User
from accounts.operations.audit import audit
from notifications import choices
from notifications.events import BY_KEY, REMINDER_DAYS
from notifications.models import EmailChoice, ReminderDay

CHANGED = "notification.change"


class Locked(Exception):
    """Mails of this event cannot be switched, or there is no such event."""


@transaction.atomic
def switch_email(user: User, event: str, *, is_on: bool) -> None:
    """Have the mails of an event sent to a person, or not; the inbox keeps them either way.

    :raises Locked: if it is not for them to choose
    """
    if event not in BY_KEY or BY_KEY[event].is_locked:
        raise Locked(event)
    was = choices.email_choices(user)[event]
    EmailChoice.objects.update_or_create(user=user, event=event, defaults={"is_on": is_on})
    if was != is_on:
        audit(CHANGED, user, actor=user, detail={"email": event, "before": was, "after": is_on})


@transaction.atomic
def choose_reminder_days(user: User, days: Collection[int]) -> None:
    """Remind a person of open bills so many days before their due date.

    :raises ValueError: without a day, or with one that is not between 1 and 14
    """
    wanted = sorted(set(days), reverse=True)
    if not wanted or not set(wanted) <= set(REMINDER_DAYS):
        raise ValueError("choose days from 1 to 14")
    was = list(choices.reminder_days([user.pk])[user.pk])
    ReminderDay.objects.filter(user=user).exclude(days_before__in=wanted).delete()
    ReminderDay.objects.bulk_create(
        [ReminderDay(user=user, days_before=day) for day in wanted], ignore_conflicts=True
    )
    if was != wanted:
        audit(CHANGED, user, actor=user, detail={"days": wanted, "before": was})
