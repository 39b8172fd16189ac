"""Celery tasks: polls."""

from __future__ import annotations

from dataclasses import asdict

from celery import shared_task

from core import clock
from meters import operations


@shared_task(name="meters.poll_meters")
def poll_meters(shard: int = 0, shards: int = 1) -> dict[str, int]:
    """Poll the due meters of one shard; safe to send as often as one likes."""
    return asdict(operations.poll_due(clock.now(), shard=shard, shards=shards))


@shared_task(name="meters.estimate_gaps")
def estimate_gaps() -> int:
    """Estimate what meters have left out in the last weeks."""
    return operations.estimate_gaps(clock.now())
