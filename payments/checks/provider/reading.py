"""The provider's books as one plain value, read outside of any transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from payments.gateway import (
    BalanceView,
    DisputeView,
    EventView,
    IntentView,
    PaymentGateway,
    PayoutView,
    RefundView,
    SessionView,
)
from payments.operations.poll import KEPT
from payments.operations.reconcile import LONGEST_PAYMENT

GRACE = timedelta(minutes=2)  # in which our side may not have heard of something yet
LONGEST_PAGE = timedelta(days=2)  # pages live for 24 hours at most
BEGINNING = datetime(2010, 1, 1, tzinfo=UTC)  # before there was such a provider


@dataclass(frozen=True, slots=True)
class Reading:
    """What the provider's books said, at some time after `began_at`.

    What happened at `settled_at` or later is left out of every comparison, on both sides: it
    may be in one of them only.
    """

    began_at: datetime  # real time
    settled_at: datetime
    since: datetime | None  # None: from the beginning
    account_id: str
    is_livemode: bool
    intents: dict[str, IntentView]
    refunds: dict[str, RefundView]
    disputes: dict[str, DisputeView]
    payouts: dict[str, PayoutView]
    paid_out: dict[str, tuple[BalanceView, ...]]  # what each payout was made of
    balances: dict[str, BalanceView]
    sessions: tuple[SessionView, ...]  # of the last days, since no page lives longer
    events: tuple[EventView, ...]  # without their bodies

    @property
    def payments_since(self) -> datetime:
        """Return since when payments were read: what came lately may have begun long before."""
        return _before(self.since or BEGINNING)


def read(
    gateway: PaymentGateway,
    *,
    now: datetime,
    since: datetime | None = None,
    grace: timedelta = GRACE,
) -> Reading:
    """Read the provider's books, the events last: what changes meanwhile is told by them.

    :param now: real time
    :param since: leave out what was made there before
    :param grace: how long before now things are still in the making
    :raises ProviderError: if the provider does not answer
    """
    start = since or BEGINNING
    payouts = {view.id: view for view in gateway.payouts_since(start)}
    return Reading(
        began_at=now,
        settled_at=now - grace,
        since=since,
        account_id=gateway.account_id(),
        is_livemode=gateway.is_livemode,
        intents={view.id: view for view in gateway.intents_since(_before(start))},
        refunds={view.id: view for view in gateway.refunds_since(start)},
        disputes={view.id: view for view in gateway.disputes_since(start)},
        payouts=payouts,
        paid_out={key: tuple(gateway.balances_of_payout(key)) for key in payouts},
        balances={view.id: view for view in gateway.balances_since(start)},
        sessions=tuple(gateway.sessions_since(now - LONGEST_PAGE)),
        events=tuple(
            replace(event, payload="") for event in gateway.events_since(max(start, now - KEPT))
        ),
    )


def _before(start: datetime) -> datetime:
    return start if start == BEGINNING else start - LONGEST_PAYMENT
