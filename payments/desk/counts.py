"""What waits for a person at the payments desk: how much, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from payments.desk.attempts import stuck
from payments.models import PaymentAttempt, PaymentCase, ProviderEvent, Refund, SuspenseItem


@dataclass(frozen=True)
class Waiting:
    """One kind of work; `address` is the list that the number counts."""

    name: str
    address: str
    count: int
    oldest: datetime | None


def waiting(*, now: datetime, with_events: bool) -> Sequence[Waiting]:
    """Return every kind of work of the desk, in one query each.

    :param now: real time
    :param with_events: whether the viewer sees the provider's events
    """
    refunds = Refund.objects.filter(state=Refund.State.REQUESTED)
    cases = PaymentCase.objects.filter(state=PaymentCase.State.OPEN)
    items = SuspenseItem.objects.filter(state=SuspenseItem.State.OPEN)
    attempts = stuck(PaymentAttempt.objects.all(), now=now)
    found = [
        _waiting(_("Refunds to approve"), reverse("payments:refunds"), refunds, "requested_at"),
        _waiting(_("Open cases"), reverse("payments:cases"), cases, "opened_at"),
        _waiting(_("Unidentified receipts"), reverse("payments:suspense"), items, "recorded_at"),
        _waiting(
            _("Attempts without a result"), reverse("payments:attempts"), attempts, "changed_at"
        ),
    ]
    if with_events:
        found.append(dead_events())
    return found


def dead_events() -> Waiting:
    """Return the events of the provider that could not be processed."""
    dead = ProviderEvent.objects.filter(state=ProviderEvent.State.DEAD)
    address = f"{reverse('payments:events')}?state={ProviderEvent.State.DEAD}"
    return _waiting(_("Events that could not be processed"), address, dead, "received_at")


def _waiting(name: str, address: str, rows: QuerySet[Any], since: str) -> Waiting:
    found = rows.aggregate(count=Count("pk"), oldest=Min(since))
    return Waiting(name, address, found["count"], found["oldest"])
