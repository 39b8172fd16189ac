"""The tick and what it rings: the slots of the timetable and the sweeps."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict

from celery import shared_task
from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import Utility
from billing_site import clock_guard, schedule, timetable
from core import clock

logger = logging.getLogger(__name__)

# One sweep of a kind at a time in a process: threads of the embedded worker would pile up.
_sweeping: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


@shared_task
def tick() -> None:
    """Write the slots that are due, then ring for every open slot and every sweep."""
    utility = Utility.objects.first()
    if utility is None:
        return  # an empty house has no work
    try:
        clock_guard.check()
    except clock_guard.ImplausibleClock as error:
        logger.critical("clock.implausible", extra={"reason": str(error)})
        return
    schedule.plan(timetable.ENTRIES, now=clock.now(), zone=utility.zone)
    _ring()


@shared_task
def run_slot(slot_id: int) -> None:
    """Run one slot of the timetable unless another worker has it."""
    schedule.run(slot_id, timetable.ENTRIES)


@shared_task
def sweep(function: str) -> None:
    """Call one sweep, unless this process is still at it."""
    lock = _sweeping[function]
    if not lock.acquire(blocking=False):
        return
    try:
        import_string(function)()
    finally:
        lock.release()


def _ring() -> None:
    expires = max(settings.TICK_SECONDS, 5)  # the next tick rings again
    queues = {entry.name: entry.queue for entry in timetable.ENTRIES}
    for slot in schedule.waiting().values_list("pk", "name"):
        queue = queues.get(slot[1], "default")
        run_slot.apply_async([slot[0]], queue=queue, expires=expires)
    for line in timetable.SWEEPS:
        sweep.apply_async([line.function], queue=line.queue, expires=expires)
