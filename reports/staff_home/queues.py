"""What waits for this person: how much, since when, and the list where it is worked off."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import grants
from accounts.models import AssistanceGrant, User
from accounts.staff import StaffRole, has_role
from meters import access as meters
from meters.models import Meter, ReadingException
from payments.access import events, staff
from payments.desk import counts
from reports.manage_meters import narrowing
from statements.access import DECIDING
from statements.models import BillingRun
from support.approvals import inbox
from support.approvals.kinds import SEEING

LATE_DAYS = 3


@dataclass(frozen=True)
class Queue:
    """One kind of work that waits; `oldest` is since when, in real time."""

    word: str
    count: int
    oldest: datetime | None
    address: str
    is_late: bool


def queues(user: User, *, real_now: datetime) -> list[Queue]:
    """Return what waits, the oldest first; a constant number of queries for a person's roles."""
    found = [
        each
        for roles, make in KINDS
        if has_role(user, *roles)
        for each in make(user, real_now)
        if each.count
    ]
    return sorted(found, key=lambda queue: queue.oldest or real_now)


def _approvals(user: User, now: datetime) -> Iterator[Queue]:
    count, oldest = inbox.waiting(user)
    yield _queue(_("Approvals"), count, oldest, reverse("support:approvals"), now)


def _runs(user: User, now: datetime) -> Iterator[Queue]:
    waiting = BillingRun.objects.filter(state=BillingRun.State.AWAITING_APPROVAL)
    yield _of(_("Billing runs to approve"), waiting, "recorded_at", reverse("statements:runs"), now)


def _readings(user: User, now: datetime) -> Iterator[Queue]:
    waiting = ReadingException.objects.filter(resolution=ReadingException.Resolution.OPEN)
    yield _queue(
        _("Meters with readings to decide"),
        narrowing.waiting(Meter.objects.all(), "yes").count(),
        waiting.aggregate(oldest=Min("recorded_at"))["oldest"],
        f"{reverse('reports:manage_meters')}?open=yes",
        now,
    )


def _desk(user: User, now: datetime) -> Iterator[Queue]:
    waiting = counts.waiting(now=now, with_events=has_role(user, *events.SEEING))
    for each in waiting:
        yield _queue(each.name, each.count, each.oldest, each.address, now)


def _events(user: User, now: datetime) -> Iterator[Queue]:
    each = counts.dead_events()
    yield _queue(each.name, each.count, each.oldest, each.address, now)


def _emergencies(user: User, now: datetime) -> Iterator[Queue]:
    waiting = AssistanceGrant.objects.filter(is_emergency=True, reviewed_at__isnull=True)
    word = _("Emergency sessions to review")
    yield _of(word, waiting, "opened_at", reverse("support:report"), now)


KINDS: Sequence[tuple[Sequence[StaffRole], Callable[[User, datetime], Iterator[Queue]]]] = (
    (SEEING, _approvals),
    (DECIDING, _runs),
    (meters.WORKING, _readings),
    (staff.SEEING, _desk),
    ((StaffRole.ADMINISTRATOR,), _events),
    (grants.REVIEWING, _emergencies),
)


def _of(word: str, rows: QuerySet[Any], since: str, address: str, now: datetime) -> Queue:
    found = rows.aggregate(count=Count("pk"), oldest=Min(since))
    return _queue(word, found["count"], found["oldest"], address, now)


def _queue(word: str, count: int, oldest: datetime | None, address: str, now: datetime) -> Queue:
    is_late = oldest is not None and (now - oldest).days >= LATE_DAYS
    return Queue(word, count, oldest, address, is_late)
