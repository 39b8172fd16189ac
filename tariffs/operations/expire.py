"""What the clock does to tariffs and plans: it notes which of them have ended."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from tariffs.models import Plan, StatusEvent, Tariff
from tariffs.operations import events
from tariffs.status import ItemStatus, with_status


def note_expired(*, today: date, at: datetime) -> list[Tariff | Plan]:
    """Write, as the system, that tariffs and plans have expired; each end is noted once.

    :param today: the day where the utility is
    :return: those that were not noted before
    """
    tariffs = Tariff.objects.filter(role=Tariff.Role.OFFERED)
    return [
        *_note(with_status(tariffs, today), at),
        *_note(with_status(Plan.objects.all(), today), at),
    ]


def _note(items: QuerySet[Any], at: datetime) -> list[Tariff | Plan]:
    noted: list[Tariff | Plan] = []
    for item in items.filter(status=ItemStatus.EXPIRED).order_by("pk"):
        with transaction.atomic():
            locked = type(item).objects.select_for_update().get(pk=item.pk)
            if _note_one(locked, at):
                noted.append(locked)
    return noted


def _note_one(item: Tariff | Plan, at: datetime) -> bool:
    last = item.versions.in_force().order_by("-ends_on").first()
    known = item.events.filter(kind=StatusEvent.Kind.EXPIRED)
    if last is None or known.filter(version=last.number, effective_on=last.ends_on).exists():
        return False
    kind = StatusEvent.Kind.EXPIRED
    events.record(item, kind, at=at, actor=None, version=last, effective_on=last.ends_on)
    return True
