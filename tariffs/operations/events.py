"""The record of what happened to a tariff or plan: its own timeline, and the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from accounts.models import User
from accounts.operations import audit
from tariffs.models import Plan, PlanVersion, StatusEvent, Tariff, TariffVersion


def record(
    item: Tariff | Plan,
    kind: StatusEvent.Kind,
    *,
    at: datetime,
    actor: User | None,
    version: TariffVersion | PlanVersion | None = None,
    reason: str = "",
    effective_on: date | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write one event; without an actor it is the system's own.

    :param effective_on: the local day from which it holds, where that is not the day it was done
    """
    StatusEvent.objects.create(
        tariff=item if isinstance(item, Tariff) else None,
        plan=item if isinstance(item, Plan) else None,
        version=version.number if version else None,
        kind=kind,
        actor=actor,
        reason=reason,
        effective_on=effective_on,
        happened_at=at,
        detail=dict(detail or {}),
    )
    told = {
        **(detail or {}),
        **({"reason": reason} if reason else {}),
        **({"effective_on": effective_on.isoformat()} if effective_on else {}),
    }
    noun = "tariff" if isinstance(item, Tariff) else "plan"
    audit(f"{noun}.{kind}", version or item, actor=actor, detail=told)
