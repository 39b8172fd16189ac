"""The worker's side of notices."""

from __future__ import annotations

from celery import shared_task

from notifications import delivery

MOST_BATCHES = 20  # one task ends before the tick has rung many times


@shared_task
def deliver_pending() -> int:
    """Send what is due, batch by batch, and return how many deliveries were tried."""
    tried = 0
    for _round in range(MOST_BATCHES):
        claimed = delivery.deliver_batch()
        tried += claimed
        if not claimed:
            break
    return tried
