"""What people chose about how they are told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from accounts.models import User
from notifications.events import BY_KIND, EVENTS, USUAL_DAYS
from notifications.models import EmailChoice, ReminderDay


def email_choices(user: User) -> dict[str, bool]:
    """Return by event whether the person is mailed, as they chose or as is usual."""
    chosen = dict(EmailChoice.objects.filter(user=user).values_list("event", "is_on"))
    return {
        event.key: event.is_usual if event.is_locked else chosen.get(event.key, event.is_usual)
        for event in EVENTS
    }


def wishes(mails: Iterable[tuple[str, str]]) -> Callable[[str, str], bool]:
    """Return a function that tells whether a kind of notice is mailed to an address.

    Takes the (kind, address) of all mails in question, and asks once for those that may be
    switched. Who has no login has no choice, and is told what is usual.
    """
    open_ones = [
        (event.key, address)
        for kind, address in mails
        if (event := BY_KIND.get(kind)) and not event.is_locked
    ]
    chosen = _chosen({key for key, _box in open_ones}, {box for _key, box in open_ones})

    def wanted(kind: str, address: str) -> bool:
        event = BY_KIND.get(kind)
        if event is None or event.is_locked:
            return True
        return chosen.get((event.key, address), event.is_usual)

    return wanted


def reminder_days(users: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Return by person how many days before a due date they want to hear of it, most first."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = ReminderDay.objects.filter(user_id__one_of=users).order_by("user", "-days_before")
    for user, days in rows.values_list("user_id", "days_before"):
        found[user].append(days)
    return {user: tuple(found.get(user, USUAL_DAYS)) for user in users}


def _chosen(events: Collection[str], addresses: Collection[str]) -> dict[tuple[str, str], bool]:
    if not events:
        return {}
    rows = EmailChoice.objects.filter(event__in=events, user__email__in=addresses)
    return {
        (event, email): is_on
        for event, email, is_on in rows.values_list("event", "user__email", "is_on")
    }
