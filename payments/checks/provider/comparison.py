"""One comparison of both books: what is left out, whose an object is, what we have booked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from core.integrity import Scope
from ledger.models import Posting
from payments.checks.provider.reading import Reading
from payments.gateway import DisputeView, IntentView, MoneyView, RefundView, movements
from payments.models import PaymentAttempt, ProviderEvent, Refund
from payments.operations import matching


@dataclass(frozen=True, slots=True)
class Booked:
    """What one entry did to our balance at the provider, in minor units; in is positive."""

    source_key: str
    event_type: str
    currency: str
    recorded_at: datetime
    amount: int

    @property
    def name(self) -> str:
        """Return the provider's object that the entry is about."""
        return self.source_key.split(":")[1]


class Comparison:
    """A reading of the provider's books beside the snapshot that is open now."""

    def __init__(self, reading: Reading, scope: Scope) -> None:
        self.reading = reading
        self.scope = scope

    @cached_property
    def entries(self) -> dict[str, Booked]:
        """Return the entries that touched our balance at the provider, by source key.

        They go as far back as the payments that were read.
        """
        postings = Posting.objects.filter(
            account__kind="stripe_clearing",
            entry__state="posted",
            entry__recorded_at__gte=self.reading.payments_since,
        )
        rows = postings.values_list(
            "entry__source_key", "entry__event_type", "currency", "entry__recorded_at", "amount"
        )
        return {row[0]: Booked(*row) for row in rows.iterator()}

    @cached_property
    def moving(self) -> frozenset[str]:
        """Return the names of all objects that changed lately, there or here."""
        return frozenset(self._moving())

    def _moving(self) -> Iterator[str]:
        since = self.reading.settled_at
        for event in self.reading.events:
            if event.created_at >= since:
                yield event.object_id
        heard = ProviderEvent.objects.filter(received_at__gte=since)
        yield from heard.values_list("object_id", flat=True)
        for entry in self.entries.values():
            if entry.recorded_at >= since:
                yield entry.name
        attempts = PaymentAttempt.objects.filter(changed_at__gte=since, intent_id__isnull=False)
        yield from (name or "" for name in attempts.values_list("intent_id", flat=True))
        refunds = Refund.objects.filter(changed_at__gte=since, provider_id__isnull=False)
        yield from (name or "" for name in refunds.values_list("provider_id", flat=True))

    def is_settled(self, view: MoneyView) -> bool:
        """Say whether an object stood still, there and here, since before the reading began."""
        moments = [view.created_at, *(moved.created_at for moved in movements(view))]
        return max(moments) < self.reading.settled_at and not self.moving & names(view)

    def was_settled(self, name: str, recorded_at: datetime) -> bool:
        """Say the same of a row of ours."""
        return recorded_at < self.reading.settled_at and name not in self.moving

    def is_read(self, made_at: datetime) -> bool:
        """Say whether what was made at a moment is in the reading, if it is at the provider."""
        return self.reading.since is None or made_at >= self.reading.since

    @cached_property
    def foreign(self) -> frozenset[str]:
        """Return the payments of other installations that share the provider's account."""
        intents = self.reading.intents.values()
        return frozenset(view.id for view in intents if matching.is_foreign(view.metadata))

    def is_ours(self, view: MoneyView) -> bool:
        match view:
            case IntentView():
                return view.id not in self.foreign
            case RefundView():
                is_foreign = matching.is_foreign(view.metadata)
                return not is_foreign and view.intent_id not in self.foreign
            case DisputeView():
                return view.intent_id not in self.foreign
        return True


def names(view: MoneyView) -> set[str]:
    """Return by what an object is called, in events and in source keys."""
    of_charge = {view.charge.id} if isinstance(view, IntentView) and view.charge else set()
    return {view.id, *of_charge, *(moved.id for moved in movements(view))}
