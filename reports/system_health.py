"""What the health page shows: the timetable, the queues, the meters, the runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils.translation import gettext as _

from core.models import JobRun
from meters.models import MeterConnection, RawMessage, ReadingException
from notifications.models import Delivery
from payments.models import ProviderEvent
from statements.models import BillingRun, RunChunk, RunItem

LATE_WORK = timedelta(minutes=10)
LATE_JOB = timedelta(hours=36)
FIRST = 20


@dataclass(frozen=True)
class JobRow:
    """One line of the timetable: when it last ended, and how."""

    name: str
    scheduled_for: datetime
    finished_at: datetime | None
    state: str
    is_bad: bool


@dataclass(frozen=True)
class QueueRow:
    """Work that waits: how much, since when, and whether that is too long."""

    name: str
    waiting: int
    oldest: datetime | None
    failed: int
    is_late: bool


@dataclass(frozen=True)
class Health:
    """Everything on the page."""

    jobs: Sequence[JobRow]
    queues: Sequence[QueueRow]
    meters_by_state: dict[str, int]
    silent_meters: Sequence[MeterConnection]
    last_reading_at: datetime | None
    open_exceptions: int
    parked_accounts: int
    unfinished_runs: int


def read(*, now: datetime) -> Health:
    """Return the state of the house; `now` is real time, as leases and queues are."""
    connections = MeterConnection.objects.exclude(state=MeterConnection.State.OFF)
    states = connections.values_list("state").annotate(n=Count("pk")).order_by("state")
    silent = connections.filter(
        state__in=[MeterConnection.State.SILENT, MeterConnection.State.QUARANTINED]
    )
    return Health(
        jobs=_jobs(now),
        queues=_queues(now),
        meters_by_state={str(MeterConnection.State(name).label): n for name, n in states},
        silent_meters=list(silent.select_related("meter").order_by("last_seen_at", "pk")[:FIRST]),
        last_reading_at=RawMessage.objects.aggregate(at=Max("received_at"))["at"],
        open_exceptions=ReadingException.objects.filter(
            resolution=ReadingException.Resolution.OPEN
        ).count(),
        parked_accounts=RunItem.objects.filter(state=RunItem.State.PARKED).count(),
        unfinished_runs=BillingRun.objects.exclude(state__in=BillingRun.FINISHED).count(),
    )


def _jobs(now: datetime) -> list[JobRow]:
    newest = JobRun.objects.values("name").annotate(at=Max("scheduled_for"))
    wanted = Q(pk=None)
    for row in newest:
        wanted |= Q(name=row["name"], scheduled_for=row["at"])
    return [
        JobRow(
            name=run.name,
            scheduled_for=run.scheduled_for,
            finished_at=run.finished_at,
            state=str(run.get_state_display()),
            is_bad=run.state == JobRun.State.FAILED
            or (run.finished_at is not None and now - run.finished_at > LATE_JOB),
        )
        for run in JobRun.objects.filter(wanted).order_by("name")
    ]


def _queues(now: datetime) -> list[QueueRow]:
    deliveries = Delivery.objects.filter(state__in=["pending", "sending"])
    chunks = RunChunk.objects.filter(state="pending")
    return [
        _queue(
            _("Mails to be sent"), deliveries, now, Delivery.objects.filter(state="failed").count()
        ),
        _queue(_("Parts of billing runs"), chunks, now, 0),
        _events(now),
    ]


def _events(now: datetime) -> QueueRow:
    waits, dead = Q(state=ProviderEvent.State.RECEIVED), Q(state=ProviderEvent.State.DEAD)
    found = ProviderEvent.objects.filter(waits | dead).aggregate(
        n=Count("pk", filter=waits),
        oldest=Min("due_at", filter=waits),
        failed=Count("pk", filter=dead),
    )
    is_late = found["oldest"] is not None and now - found["oldest"] > LATE_WORK
    name = _("Events of the payment provider")
    return QueueRow(
        name, found["n"], found["oldest"], found["failed"], is_late or found["failed"] > 0
    )


def _queue(
    name: str, rows: QuerySet[Delivery] | QuerySet[RunChunk], now: datetime, failed: int
) -> QueueRow:
    found = rows.aggregate(n=Count("pk"), oldest=Min("due_at"))
    is_late = found["oldest"] is not None and now - found["oldest"] > LATE_WORK
    return QueueRow(name, found["n"], found["oldest"], failed, is_late or failed > 0)
