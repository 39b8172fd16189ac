"""From a timetable to JobRun rows, and from a row to one call of its function.

Slots are business time, leases real time. A slot exists once, whoever plans it and however often;
a slot whose worker died is taken again when its lease ends, at most `MOST_ATTEMPTS` times.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from django.db.models import Max, Q, QuerySet
from django.utils.module_loading import import_string

from core import clock, periods
from core.jobs import LeaseLost, claim, settle, worker_name
from core.models import JobRun

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=11)  # longer than the time limit of a task
MOST_ATTEMPTS = 3
PAUSE = timedelta(seconds=30)  # after a failure, times the attempts so far
LOOK_BACK = timedelta(days=2)  # slots missed before that are not made up for
OPEN = Q(state__in=[JobRun.State.PENDING, JobRun.State.RUNNING])


class Rhythm(Protocol):
    """When the slots of an entry are."""

    def slots(self, after: datetime, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        """Yield the slots later than `after`, up to and with `until`, in order."""


@dataclass(frozen=True, slots=True)
class Every:
    """At whole multiples of so many seconds since midnight UTC."""

    seconds: int

    def slots(self, after: datetime, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        step = int(after.timestamp()) // self.seconds + 1
        while (slot := datetime.fromtimestamp(step * self.seconds, UTC)) <= until:
            yield slot
            step += 1


@dataclass(frozen=True, slots=True)
class DailyAt:
    """Once a day at this time of the utility's zone."""

    at: time

    def slots(self, after: datetime, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        day = periods.local_date(after, zone)
        while (slot := datetime.combine(day, self.at, zone).astimezone(UTC)) <= until:
            if slot > after:
                yield slot
            day += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timetable."""

    name: str
    function: str
    rhythm: Rhythm
    queue: str = "default"
    every_missed: bool = False  # else only the newest missed slot is made up for


def plan(entries: Iterable[Entry], *, now: datetime, zone: ZoneInfo) -> int:
    """Write the slots that are due and not yet written; return how many were found missing."""
    newest = dict(JobRun.objects.values_list("name").annotate(Max("scheduled_for")))
    missing = [
        JobRun(name=entry.name, scheduled_for=slot)
        for entry in entries
        for slot in _due(entry, newest.get(entry.name), now, zone)
    ]
    if missing:
        JobRun.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


def _due(entry: Entry, newest: datetime | None, now: datetime, zone: ZoneInfo) -> list[datetime]:
    after = max(newest, now - LOOK_BACK) if newest else now - LOOK_BACK
    due = list(entry.rhythm.slots(after, now, zone))
    return due if entry.every_missed and newest else due[-1:]


def waiting() -> QuerySet[JobRun]:
    """Return the open slots that nobody works on and whose pause is over, oldest first."""
    now = clock.real_now()
    return JobRun.objects.filter(
        OPEN,
        Q(lease_until__isnull=True) | Q(lease_until__lte=now),
        Q(due_at__isnull=True) | Q(due_at__lte=now),
    ).order_by("scheduled_for", "id")


def run(slot_id: int, entries: Iterable[Entry]) -> bool:
    """Claim one slot and call its function; False when another worker has it or had it."""
    owner = worker_name()
    claimed = claim(
        waiting().filter(pk=slot_id),
        owner=owner,
        limit=1,
        lease=LEASE,
        state=JobRun.State.RUNNING,
    )
    for slot in claimed:
        _run_claimed(slot, owner, {entry.name: entry for entry in entries})
    return bool(claimed)


def _run_claimed(slot: JobRun, owner: str, entries: dict[str, Entry]) -> None:
    mine = JobRun.objects.filter(pk=slot.pk, lease_owner=owner)
    mine.update(started_at=clock.real_now())
    try:
        if slot.attempts > MOST_ATTEMPTS:
            raise RuntimeError("its worker died each time")
        if slot.name not in entries:
            raise LookupError("the timetable has no such entry any more")
        import_string(entries[slot.name].function)()
    except Exception as error:
        logger.exception("slot.failed", extra={"slot": str(slot), "attempts": slot.attempts})
        _settle(slot, owner, **_after_failure(slot, error))
    else:
        _settle(slot, owner, state=JobRun.State.DONE, error="", finished_at=clock.real_now())


def _after_failure(slot: JobRun, error: Exception) -> dict[str, object]:
    text = f"{type(error).__name__}: {error}"[:2000]
    now = clock.real_now()
    if slot.attempts >= MOST_ATTEMPTS or isinstance(error, LookupError):
        return {"state": JobRun.State.FAILED, "error": text, "finished_at": now}
    return {
        "state": JobRun.State.PENDING,
        "error": text,
        "due_at": now + PAUSE * slot.attempts,
    }


def _settle(slot: JobRun, owner: str, **changes: object) -> None:
    try:
        settle(slot, owner=owner, **changes)
    except LeaseLost:
        logger.warning("slot.lease_lost", extra={"slot": str(slot)})
