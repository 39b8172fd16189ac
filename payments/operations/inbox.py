"""The inbox of the provider's events: stored once, worked off by leases, never lost.

An event only rings: the object it names is fetched and brought in step with our books, so a
doubled, late or reordered event does what one event would have done. All times are real time,
but for the business moment `now` that is handed on to the books.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import stripe
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.operations import audit
from core import clock
from core.card_numbers import masked_tree
from core.failpoints import hit
from core.jobs import LeaseLost, claim, settle
from payments import gateway as provider
from payments.gateway import Absent, EventView, Unanswered
from payments.models import PaymentCase, ProviderEvent
from payments.operations import sync
from payments.operations.cases import open_case
from payments.outcomes import Applied

State = ProviderEvent.State
BATCH = 50
LEASE = timedelta(seconds=min(60, settings.LEASE_SECONDS))
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=30)
PATIENCE = timedelta(hours=12)  # since it was received; then a person looks
PATIENCE_UNANSWERED = timedelta(days=3)  # the provider does not answer: no fault of the event
RETRIABLE = (State.DEAD, State.IGNORED)
DISMISSIBLE = (State.DEAD,)
MOST_DEATHS = 5  # attempts whose worker never came back

logger = logging.getLogger(__name__)


class NotOpen(Exception):
    """The event is not in a state in which this can be done."""


class ReasonMissing(ValueError):
    """An event is dismissed for a reason."""


class WorkerDied(RuntimeError):
    """Nobody came back from processing this event, time and again."""


def receive(event: EventView, *, source: str, received_at: datetime) -> bool:
    """Store an event under its own id, committed on return; False when it was here already.

    What is not for us is stored as ignored, with the reason. An event that comes again with
    another body opens a case, and the first body stays.
    """
    row = _row(event, source, received_at)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        first = ProviderEvent.objects.get(pk=event.id)
        _compare(first, row)
        return row.state == State.RECEIVED and _is_wanted_now(first)
    hit("inbox.after_store", event=event.id)
    return row.state == State.RECEIVED


def _is_wanted_now(first: ProviderEvent) -> bool:
    """Take up an event whose webhook spoke another version, since the poll tells it in ours."""
    ignored = ProviderEvent.objects.filter(pk=first.pk, state=State.IGNORED, reason="api_version")
    again = {"state": State.RECEIVED, "reason": "", "processed_at": None}
    return bool(ignored.update(due_at=clock.real_now(), **again))


def work(*, owner: str, now: datetime) -> int:
    """Claim due events, work them off object by object and return how many were claimed.

    An event whose worker never came back is taken alone, so that it can take no others with it.
    """
    if provider.gateway() is None:
        return 0
    due = _due(clock.real_now())
    orphaned = Q(attempts__gt=0, error="")
    rows = claim(due.exclude(orphaned), owner=owner, limit=BATCH, lease=LEASE)
    rows = rows or claim(due.filter(orphaned), owner=owner, limit=1, lease=LEASE)
    for events in _by_object(rows):
        _work_off(events, owner, now)
    return len(rows)


@transaction.atomic
def retry(event: ProviderEvent, *, actor: User) -> None:
    """Give an event that was given up or ignored back to the workers.

    :raises NotOpen: if it waits already, or is processed
    """
    again = {"state": State.RECEIVED, "attempts": 0, "error": "", "reason": ""}
    _decide(event, RETRIABLE, due_at=clock.real_now(), processed_at=None, **again)
    audit("event.retry", event, actor=actor)


@transaction.atomic
def dismiss(event: ProviderEvent, *, reason: str, actor: User) -> None:
    """Decide that an event which could not be processed needs nothing any more.

    :raises ReasonMissing: if the reason is empty
    :raises NotOpen: if it is no dead letter
    """
    if not reason.strip():
        raise ReasonMissing("say why nothing is to be done")
    said = reason.strip()[:120]
    _decide(event, DISMISSIBLE, state=State.IGNORED, reason=said, processed_at=clock.real_now())
    audit("event.dismiss", event, actor=actor, detail={"reason": said})


def _decide(event: ProviderEvent, states: Sequence[str], **changes: object) -> None:
    open_ones = ProviderEvent.objects.filter(pk=event.pk, state__in=states)
    if not open_ones.update(lease_owner="", lease_until=None, **changes):
        raise NotOpen(f"{event} is not {' or '.join(states)}")
    event.refresh_from_db()


def _row(event: EventView, source: str, received_at: datetime) -> ProviderEvent:
    reason = _why_ignored(event, source)
    values = json.loads(event.payload)
    return ProviderEvent(
        id=event.id,
        type=event.type,
        object_type=event.object_type,
        object_id=event.object_id,
        api_version=event.api_version,
        provider_account=event.account,
        is_livemode=event.is_livemode,
        created_at=event.created_at,
        received_at=received_at,
        source=source,
        payload=_storable(event.payload, values),
        payload_digest=_digest(values),
        state=State.IGNORED if reason else State.RECEIVED,
        reason=reason,
        processed_at=received_at if reason else None,
        due_at=None if reason else received_at,
    )


def _why_ignored(event: EventView, source: str) -> str:
    """Return the code of the reason why an event is none of ours, or nothing."""
    gateway = provider.gateway()
    if gateway is not None and event.is_livemode != gateway.is_livemode:
        return "mode"
    if event.account:
        return "account"  # an account connected to ours; we connect none
    if source == ProviderEvent.Source.WEBHOOK and not is_readable(event.api_version):
        return "api_version"
    return "" if event.type in sync.HANDLED else "type"


def is_readable(api_version: str) -> bool:
    """Say whether a version is of our release train: 2026-10-28.endive reads 2026-09-30.endive."""
    return api_version.partition(".")[2] == stripe.api_version.partition(".")[2]


def _digest(values: Mapping[str, Any]) -> str:
    """Digest what the event says, without what differs from one delivery to the next."""
    said = {name: value for name, value in values.items() if name != "pending_webhooks"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _storable(payload: str, values: Mapping[str, Any]) -> str:
    """Return the body as it came; the provider sends no card numbers, and if it did, not those."""
    clean = masked_tree(values)
    return payload if clean == values else json.dumps(clean)


def _compare(first: ProviderEvent, again: ProviderEvent) -> None:
    """Raise the alarm if an event says something else than before; two ways may word it apart."""
    names = ["type", "object_type", "object_id", "created_at", "is_livemode"]
    if (first.source, first.api_version) == (again.source, again.api_version):
        names.append("payload_digest")
    changed = [name for name in names if getattr(first, name) != getattr(again, name)]
    if not changed:
        return
    logger.error("event.changed", extra={"event_id": first.pk, "changed": changed})
    detail = {"changed": changed, "digests": [first.payload_digest, again.payload_digest]}
    kind = PaymentCase.Kind.CHANGED_EVENT
    open_case(kind, first.pk, about=first.pk, detail=detail, now=clock.now())


def _due(now: datetime) -> QuerySet[ProviderEvent]:
    return ProviderEvent.objects.filter(state=State.RECEIVED, due_at__lte=now).order_by(
        "due_at", "pk"
    )


def _by_object(rows: Iterable[ProviderEvent]) -> Iterable[list[ProviderEvent]]:
    """Gather the events of one object, so that it is fetched once for all of them."""
    groups = defaultdict(list)
    for row in rows:
        groups[row.object_type, row.object_id].append(row)
    return groups.values()


def _work_off(events: Sequence[ProviderEvent], owner: str, now: datetime) -> None:
    """Take the events of one object to their end; an error of theirs keeps no others waiting."""
    try:
        _keep(events, owner)
        _refuse_killers(events)
        _process(events, owner, now)
    except LeaseLost:
        logger.warning("event.lease_lost", extra={"event_id": events[0].pk})
    except sync.NotHandled:
        _settle(events, owner, **_ignored("type"))
    except Absent:
        _settle(events, owner, **_ignored("absent"))
    except Exception as error:
        logger.exception("event.failed", extra={"event_id": events[0].pk})
        _fail(events, error, owner)


def _keep(events: Sequence[ProviderEvent], owner: str) -> None:
    """Hold the events for another full lease, if the ones before have taken long.

    :raises LeaseLost: if another worker has one of them by now
    """
    if all(event.lease_until and event.lease_until > _half_a_lease() for event in events):
        return
    mine = ProviderEvent.objects.filter(pk__in=[e.pk for e in events], lease_owner=owner)
    if mine.update(lease_until=clock.real_now() + LEASE) < len(events):
        raise LeaseLost


def _half_a_lease() -> datetime:
    return clock.real_now() + LEASE / 2


def _refuse_killers(events: Sequence[ProviderEvent]) -> None:
    """Give up what no worker survived.

    :raises WorkerDied: if so many attempts ended without even an error
    """
    if any(event.attempts > MOST_DEATHS and not event.error for event in events):
        raise WorkerDied(f"{MOST_DEATHS} attempts ended without an answer")


def _process(events: Sequence[ProviderEvent], owner: str, now: datetime) -> None:
    """Fetch with no transaction open; then apply and mark in one."""
    first = events[0]
    found = sync.look(first.object_type, first.object_id)
    hit("inbox.before_apply", event=first.pk)

    def mark(applied: Applied) -> None:
        hit("inbox.after_apply", event=first.pk)
        foreign = applied == Applied.FOREIGN
        _settle(events, owner, **(_ignored("not_ours") if foreign else _processed()))

    sync.apply(found, now=now, cause=f"event:{first.pk}", then=mark)


@transaction.atomic
def _settle(events: Sequence[ProviderEvent], owner: str, **changes: object) -> None:
    for event in events:
        settle(event, owner=owner, **changes)


def _processed() -> dict[str, object]:
    return {"state": State.PROCESSED, "processed_at": clock.real_now(), "error": ""}


def _ignored(reason: str) -> dict[str, object]:
    return {**_processed(), "state": State.IGNORED, "reason": reason}


def _fail(events: Sequence[ProviderEvent], error: Exception, owner: str) -> None:
    """Keep why it failed, in a transaction of its own, and when to try again."""
    text = f"{type(error).__name__}: {error}"[:2000]
    now = clock.real_now()
    for event in events:
        wait = min(FIRST_WAIT * 2 ** min(event.attempts - 1, 16), LONGEST_WAIT)
        is_dead = now - event.received_at >= _patience(error)
        state = State.DEAD if is_dead else State.RECEIVED
        try:
            _settle([event], owner, state=state, error=text, due_at=now + wait)
        except LeaseLost:
            logger.warning("event.lease_lost", extra={"event_id": event.pk})
        else:
            if is_dead:
                logger.error("event.dead", extra={"event_id": event.pk, "error": text})


def _patience(error: Exception) -> timedelta:
    if isinstance(error, WorkerDied):
        return timedelta(0)
    return PATIENCE_UNANSWERED if isinstance(error, Unanswered) else PATIENCE
