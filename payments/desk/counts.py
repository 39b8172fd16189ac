"""What waits for a person at the payments desk: how much, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.utils.translation import gettext as _

from payments.desk.attempts import stuck
from payments.models import PaymentAttempt, PaymentCase, ProviderEvent, Refund, SuspenseItem


@dataclass(frozen=True)
class Waiting:
    """One kind of work; `page` names the list that the number counts."""

    name: str
    page: str
    count: int
    oldest: datetime | None


def waiting(*, now: datetime) -> Sequence[Waiting]:
    """Return every kind of work of the desk, in one query each; `now` is real time."""
    refunds = Refund.objects.filter(state=Refund.State.REQUESTED)
    cases = PaymentCase.objects.filter(state=PaymentCase.State.OPEN)
    items = SuspenseItem.objects.filter(state=SuspenseItem.State.OPEN)
    dead = ProviderEvent.objects.filter(state=ProviderEvent.State.DEAD)
    attempts = stuck(PaymentAttempt.objects.all(), now=now)
    return [
        _waiting(_("Refunds to approve"), "payments:refunds", refunds, "requested_at"),
        _waiting(_("Open cases"), "payments:cases", cases, "opened_at"),
        _waiting(_("Unidentified receipts"), "payments:suspense", items, "recorded_at"),
        _waiting(_("Attempts without a result"), "payments:attempts", attempts, "changed_at"),
        _waiting(_("Events that could not be processed"), "payments:events", dead, "received_at"),
    ]


def _waiting(name: str, page: str, rows: QuerySet[Any], since: str) -> Waiting:
    found = rows.aggregate(count=Count("pk"), oldest=Min(since))
    return Waiting(name, page, found["count"], found["oldest"])
