"""Ask the provider which events there were, for those whose webhook never came."""

from __future__ import annotations

from datetime import datetime, timedelta

from core import clock
from core.models import Job
from payments import gateway as provider
from payments.models import ProviderEvent
from payments.operations import inbox

KEPT = timedelta(days=30)  # the provider forgets events after that
OVERLAP = timedelta(hours=1)  # an event may be listed late
KEY = "payments.poll_events"


def poll(*, now: datetime) -> int:
    """Store the events that did not come by themselves and return how many are to be worked off.

    The cursor is the newest event that an earlier poll was shown: a moment of the provider's
    clock, which webhooks do not move, since one that came says nothing of those before it. It
    moves when the whole list was read.

    :param now: real time
    :raises ProviderError: if the provider does not answer; the next poll starts at the same place
    """
    gateway = provider.gateway()
    if gateway is None:
        return 0
    newest, new = None, 0
    for event in gateway.events_since(_since(now)):
        newest = newest or event.created_at  # they come newest first
        new += inbox.receive(event, source=ProviderEvent.Source.POLL, received_at=now)
    if newest:
        _move_cursor(newest)
    return new


def _since(now: datetime) -> datetime:
    last = Job.objects.filter(key=KEY).first()
    if last is None:
        return now - KEPT
    return max(datetime.fromisoformat(last.result["newest"]) - OVERLAP, now - KEPT)


def _move_cursor(newest: datetime) -> None:
    moved = {"result": {"newest": newest.isoformat()}, "finished_at": clock.real_now()}
    Job.objects.update_or_create(
        key=KEY, defaults={"kind": "poll", "state": Job.State.DONE, **moved}
    )
