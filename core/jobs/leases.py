"""Leases: a worker owns a row until a moment of real time, and must prove it when it is done."""

from __future__ import annotations

import os
import socket
import threading
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connections, models, transaction
from django.db.models import F, Q, QuerySet

from core import clock
from core.scrubbing import scrubbed

Row = TypeVar("Row", bound="LeasedRow")


class LeaseLost(Exception):
    """The row belongs to another worker by now; what was done for it must be rolled back."""


class LeasedRow(models.Model):
    """Work that is due, as a row: state, attempts, and who works on it until when.

    A model that is claimed narrows `state` to its own choices. Lease times are real time.
    """

    state = models.CharField(max_length=16)
    attempts = models.PositiveIntegerField(default=0)
    lease_owner = models.CharField(max_length=80, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)  # not before this moment
    error = models.TextField(blank=True, default="")

    class Meta:
        abstract = True


def worker_name() -> str:
    """Return a name for a lease that no other process or thread has: host:process:thread."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{threading.get_native_id()}"


def free(now: datetime) -> Q:
    """Return the condition of rows that nobody holds at this moment of real time."""
    return Q(lease_until__isnull=True) | Q(lease_until__lte=now)


def claim(
    queryset: QuerySet[Row],
    *,
    owner: str,
    limit: int,
    lease: timedelta,
    state: str | None = None,
) -> list[Row]:
    """Take up to `limit` free rows of the queryset and count the attempt, before any work.

    The queryset says which states and due times are wanted and, if it has an order, which come
    first; `state` is written when given. Committed on return, so a row that kills its worker
    still counts its attempts. Rows that another worker is taking are passed over.
    """
    now = clock.real_now()
    until = now + lease
    changes: dict[str, Any] = {"state": state} if state else {}
    with transaction.atomic(using=queryset.db, durable=True):
        keys = _takeable(queryset.filter(free(now)), limit)
        rows = queryset.model._default_manager.using(queryset.db).filter(pk__in=keys)
        rows.filter(free(now)).update(
            attempts=F("attempts") + 1, lease_owner=owner, lease_until=until, **changes
        )
        return list(rows.filter(lease_owner=owner, lease_until=until).order_by("pk"))


def settle(row: LeasedRow, *, owner: str, **changes: Any) -> None:
    """Write the outcome and give the row back, in the caller's transaction.

    The text of an `error` is scrubbed first: what broke may have quoted a secret.

    :raises LeaseLost: if the lease is not this owner's any more
    """
    if "error" in changes:
        changes["error"] = scrubbed(changes["error"])
    rows = type(row)._default_manager.using(row._state.db)
    mine = rows.filter(pk=row.pk, lease_owner=owner)
    if not mine.update(lease_owner="", lease_until=None, **changes):
        raise LeaseLost(f"{type(row).__name__} {row.pk} is not held by {owner}")


def _takeable(rows: QuerySet[Row], limit: int) -> list[Any]:
    if not rows.query.order_by:
        rows = rows.order_by("pk")
    if connections[rows.db].features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return list(rows.values_list("pk", flat=True)[:limit])
