"""Bring our books in step with everything at the provider since a moment: after a restored backup.

The provider's objects decide, as always: what is missing here is written again, what is known
stays as it is, and a second run changes nothing.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from payments import gateway as provider
from payments.gateway import EventView, PaymentGateway, SessionView, Unanswered, movements
from payments.models import BalanceTransaction, Chargeback, Payout, ProviderEvent, Refund
from payments.operations import inbox, poll, sync
from payments.outcomes import Applied

OVERLAP = timedelta(days=3)  # before the newest movement that we know
LONGEST_PAYMENT = timedelta(days=35)  # from the first try to the money, with days to spare
KINDS = {  # of objects that events name
    "payment_intent": "payment",
    "refund": "refund",
    "dispute": "chargeback",
    "payout": "payout",
}
Found = tuple[str, str, Callable[[], Sequence[sync.View]]]  # kind, name, and how to get it

logger = logging.getLogger(__name__)


@dataclass
class Report:
    """What came of a run: per kind of object how many, by what was done."""

    since: datetime
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)  # names, each with what went wrong

    def count(self, kind: str, outcome: str, number: int = 1) -> None:
        self.counts.setdefault(kind, Counter())[outcome] += number


class _Rehearsed(Exception):
    """Thrown at the end of a dry run's transaction, so that nothing of it stays."""

    def __init__(self, outcome: Applied) -> None:
        super().__init__(outcome)
        self.outcome = outcome


def reconcile(
    *, now: datetime, real_now: datetime, since: datetime | None = None, dry_run: bool = False
) -> Report:
    """Apply everything that the provider made since a moment, and return what was done.

    Objects are fetched with no transaction open and applied one by one; one that fails is
    counted and keeps no other waiting. Events that never came go to the inbox.

    :param now: the business moment
    :param since: real time; else a while before the newest movement of our balance we know
    :param dry_run: roll everything back, and say what would be done
    :raises ProviderError: if the provider does not list its objects
    """
    gateway = provider.gateway()
    if gateway is None:
        raise Unanswered("no key of the payment provider is configured")
    report = Report(since or known_until(real_now))
    events, unheard = _events(gateway, max(report.since, real_now - poll.KEPT))
    seen: set[str] = set()
    for kind, name, get in [*_made_since(gateway, report.since), *_open_ones(), *_told(unheard)]:
        if name not in seen:
            seen.add(name)
            _bring_in_step(report, kind, name, get, now=now, dry_run=dry_run)
    for event in unheard:
        if not dry_run:
            inbox.receive(event, source=ProviderEvent.Source.POLL, received_at=real_now)
        report.count("event", Applied.APPLIED)
    report.count("event", Applied.UNCHANGED, events - len(unheard))
    return report


def known_until(real_now: datetime) -> datetime:
    """Return from when on anything may be missing: what we know ends there, less an overlap."""
    newest = BalanceTransaction.objects.order_by("-created_at").first()
    return newest.created_at - OVERLAP if newest else real_now - poll.KEPT


def _made_since(gateway: PaymentGateway, since: datetime) -> Iterator[Found]:
    """List what was made, the oldest first: payments, what hangs on them, then their pages."""
    listed: list[tuple[str, Iterator[sync.View]]] = [
        ("payment", gateway.intents_since(since - LONGEST_PAYMENT)),
        ("refund", gateway.refunds_since(since)),
        ("chargeback", gateway.disputes_since(since)),
        ("payout", gateway.payouts_since(since)),
        ("page", gateway.sessions_since(since)),
    ]
    for kind, views in listed:
        for view in reversed(list(views)):
            yield kind, view.id, _as_found(view)


def _as_found(view: sync.View) -> Callable[[], Sequence[sync.View]]:
    return lambda: [view]


def _open_ones() -> Iterator[Found]:
    """List what we know and what may have gone on since, however old it is."""
    refunds = Refund.objects.filter(state=Refund.State.PENDING, provider_id__isnull=False)
    undecided = (Chargeback.State.INQUIRY, Chargeback.State.OPEN)
    chargebacks = Chargeback.objects.filter(state__in=undecided)
    payouts = Payout.objects.filter(status__in=("pending", "in_transit"))
    for object_type, rows in (("refund", refunds), ("dispute", chargebacks), ("payout", payouts)):
        for name in rows.order_by("pk").values_list("provider_id", flat=True):
            yield KINDS[object_type], name or "", _to_fetch(object_type, name or "")


def _events(gateway: PaymentGateway, since: datetime) -> tuple[int, list[EventView]]:
    """Return how many events the provider lists, and those that never came, the oldest first."""
    listed = list(gateway.events_since(since))
    oldest = min((event.created_at for event in listed), default=since)
    stored = ProviderEvent.objects.filter(created_at__gte=oldest)
    known = set(stored.values_list("pk", flat=True))
    return len(listed), [event for event in reversed(listed) if event.id not in known]


def _told(unheard: Sequence[EventView]) -> Iterator[Found]:
    """List what the events that never came are about."""
    for event in unheard:
        if event.object_type in KINDS and event.type in sync.HANDLED:
            get = _to_fetch(event.object_type, event.object_id)
            yield KINDS[event.object_type], event.object_id, get


def _to_fetch(object_type: str, name: str) -> Callable[[], Sequence[sync.View]]:
    return lambda: sync.look(object_type, name)


def _bring_in_step(
    report: Report,
    kind: str,
    name: str,
    get: Callable[[], Sequence[sync.View]],
    *,
    now: datetime,
    dry_run: bool,
) -> None:
    try:
        outcome = _apply(get(), now, dry_run=dry_run)
    except Exception as error:
        logger.exception("reconcile.failed", extra={"object": name})
        report.count(kind, "failed")
        report.failed.append(f"{kind} {name}: {type(error).__name__}: {error}")
    else:
        report.count(kind, outcome)


def _apply(found: Sequence[sync.View], now: datetime, *, dry_run: bool) -> Applied:
    def undo(outcome: Applied) -> None:
        raise _Rehearsed(outcome)

    then = undo if dry_run else None
    moment = min(now, max(_happened(view) for view in found))
    try:
        return sync.apply(found, now=moment, cause="reconcile", then=then)
    except _Rehearsed as rehearsed:
        return rehearsed.outcome


def _happened(view: sync.View) -> datetime:
    """Return when an object came to where it is, as far as it tells; it is booked on that day."""
    if isinstance(view, SessionView):
        return view.created_at
    return max([view.created_at, *(moved.created_at for moved in movements(view))])
