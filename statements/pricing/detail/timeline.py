"""What happened to a tariff or plan: versions written, and every step of its status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import AuditEvent, User
from core import formats
from statements.pricing.detail.head import Head, Item
from tariffs.models import StatusEvent, Tariff

MOST_AUDITED = 50


@dataclass(frozen=True)
class Happened:
    """One thing that happened, in words; without an actor the system did it."""

    at: datetime
    version: int | None
    what: str
    why: str
    actor: User | None


def timeline(item: Item, head: Head) -> list[Happened]:
    """Return all that happened, the newest first; one query."""
    events = item.events.select_related("actor").order_by("-happened_at", "-pk")
    found = [_event(event) for event in events]
    found += [_written(version) for version in head.versions]
    return sorted(found, key=lambda each: each.at, reverse=True)


def audited(item: Item, versions: Sequence[Any]) -> list[AuditEvent]:
    """Return the newest entries of the audit trail about it and its versions; one query."""
    noun = "tariffs.tariff" if isinstance(item, Tariff) else "tariffs.plan"
    of_item = AuditEvent.objects.filter(object_type=noun, object_key=str(item.pk))
    keys = [str(version.pk) for version in versions]
    of_versions = AuditEvent.objects.filter(object_type=f"{noun}version", object_key__in=keys)
    return list((of_item | of_versions).select_related("actor").order_by("-pk")[:MOST_AUDITED])


def _written(version: Any) -> Happened:
    what = _("Created") if version.number == 1 else _("New version")
    return Happened(
        version.created_at, version.number, what, version.change_summary, version.author
    )


def _event(event: StatusEvent) -> Happened:
    what = str(event.get_kind_display())
    said = _with_day(event.kind, event.effective_on) if event.effective_on else ""
    words = {"what": what, "day": said}
    told = _("%(what)s, %(day)s") % words if said else what
    return Happened(event.happened_at, event.version, told, event.reason, event.actor)


def _with_day(kind: str, on: date) -> str:
    ended = (StatusEvent.Kind.SUPERSEDED, StatusEvent.Kind.END_SCHEDULED, StatusEvent.Kind.EXPIRED)
    if kind in ended:
        return _("last day %(day)s") % {"day": formats.day(on - timedelta(days=1))}
    return _("from %(day)s") % {"day": formats.day(on)}
