"""Which plans and tariffs changed last: who, when and what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from accounts.models import User
from tariffs.models import Plan, PlanVersion, StatusEvent, Tariff, TariffVersion

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Change:
    """The last thing that happened to a plan or tariff."""

    item: Plan | Tariff
    at: datetime
    actor: User | None  # none: the system, or an import without a name
    what: str
    summary: str  # the reason that was given, or what the version changes
    version: int | None


def by_last_change(items: QuerySet[Any]) -> QuerySet[Any]:
    """Return plans or tariffs with `changed_at`, the one that changed last first."""
    key = "plan" if items.model is Plan else "tariff"
    versions = _versions(items.model).filter(**{key: OuterRef("pk")}).order_by("-created_at", "-pk")
    events = StatusEvent.objects.filter(**{key: OuterRef("pk")}).order_by("-happened_at", "-pk")
    never = Value(NEVER)
    dated = items.annotate(
        last_version=Subquery(versions.values("pk")[:1]),
        last_event=Subquery(events.values("pk")[:1]),
        changed_at=Greatest(
            Coalesce(Subquery(versions.values("created_at")[:1]), never),
            Coalesce(Subquery(events.values("happened_at")[:1]), never),
        ),
    )
    begun = dated.filter(Q(last_version__isnull=False) | Q(last_event__isnull=False))
    return begun.order_by(F("changed_at").desc(), "pk")


def last_changes(items: QuerySet[Any], *, count: int = 5) -> list[Change]:
    """Return the last change of those that changed last; three queries."""
    rows = list(by_last_change(items)[:count])
    versions = (
        _versions(items.model).select_related("author").in_bulk([row.last_version for row in rows])
    )
    events = StatusEvent.objects.select_related("actor").in_bulk(
        [row.last_event for row in rows if row.last_event]
    )
    return [
        _change(row, versions.get(row.last_version), events.get(row.last_event)) for row in rows
    ]


def _versions(model: type[Any]) -> QuerySet[Any]:
    return PlanVersion.objects.all() if model is Plan else TariffVersion.objects.all()


def _change(
    item: Any, version: PlanVersion | TariffVersion | None, event: StatusEvent | None
) -> Change:
    if version is not None and (event is None or event.happened_at < version.created_at):
        what = _("Created") if version.number == 1 else _("New version")
        summary = version.change_summary
        return Change(item, version.created_at, version.author, what, summary, version.number)
    if event is None:
        raise LookupError(f"nothing ever happened to {item}")
    of_it = version is not None and event.version == version.number
    summary = event.reason or (version.change_summary if version is not None and of_it else "")
    what = str(event.get_kind_display())
    return Change(item, event.happened_at, event.actor, what, summary, event.version)
