"""What we ask of a payment provider, and its answers as plain values. Amounts in minor units.

The provider's objects are the truth about money that moves through it; its events only ring. A
driver turns its own objects into these values and its own errors into the three below.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, TypeAlias

from django.conf import settings
from django.utils.module_loading import import_string

Parameters = Mapping[str, Any]


class ProviderError(Exception):
    """The provider did not do what it was asked."""


class Unanswered(ProviderError):
    """No answer that can be trusted: lost, late, 5xx, unreadable. It may have been done."""


class Refused(ProviderError):
    """A clear no: nothing was done. `code` is the provider's word."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class Absent(Refused):
    """The provider knows no such object."""


@dataclass(frozen=True, slots=True)
class BalanceView:
    """One movement of our balance; `net` = `amount` - `fee`, into our balance is positive."""

    id: str
    kind: str
    amount: int
    fee: int
    net: int
    currency: str
    source_id: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SessionView:
    """A hosted checkout: where the payer goes, and what came of it."""

    id: str
    status: str  # open, complete, expired
    payment_status: str  # paid, unpaid, no_payment_required
    url: str
    intent_id: str | None
    amount: int
    currency: str
    expires_at: datetime
    created_at: datetime
    is_livemode: bool
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChargeView:
    """Money taken from a payer by one instrument."""

    id: str
    amount: int
    method: str  # of payments.models.Method
    instrument: str  # in words that may be shown: Visa 4242
    balance: BalanceView | None  # absent until the provider has booked it


@dataclass(frozen=True, slots=True)
class IntentView:
    """One payment at the provider, whatever cards were tried for it."""

    id: str
    status: str  # requires_payment_method, requires_action, processing, succeeded, canceled
    amount: int
    amount_received: int
    currency: str
    charge: ChargeView | None  # the newest
    failure_code: str  # of the last card that was refused
    created_at: datetime
    is_livemode: bool
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefundView:
    """Money on its way back to a payer."""

    id: str
    status: str  # pending, requires_action, succeeded, failed, canceled
    amount: int
    currency: str
    intent_id: str
    failure_code: str
    balance: BalanceView | None
    failure_balance: BalanceView | None
    created_at: datetime
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A payment that the payer's bank asks back, or has taken back."""

    id: str
    status: str  # warning_*, needs_response, under_review, won, lost, prevented
    amount: int
    currency: str
    intent_id: str
    charge_id: str
    reason: str
    balances: tuple[BalanceView, ...]
    evidence_due_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PayoutView:
    """Money sent to our bank."""

    id: str
    status: str  # pending, in_transit, paid, failed, canceled
    amount: int
    currency: str
    arrives_on: date | None
    balance: BalanceView | None
    failure_balance: BalanceView | None
    created_at: datetime


MoneyView: TypeAlias = IntentView | RefundView | DisputeView | PayoutView


def movements(view: MoneyView) -> tuple[BalanceView, ...]:
    """Return the movements of our balance that an object made, as far as they are known."""
    found: tuple[BalanceView | None, ...] = ()
    match view:
        case IntentView():
            found = (view.charge.balance,) if view.charge else ()
        case RefundView() | PayoutView():
            found = (view.balance, view.failure_balance)
        case DisputeView():
            found = view.balances
    return tuple(moved for moved in found if moved)


@dataclass(frozen=True, slots=True)
class EventView:
    """A doorbell: something happened to an object. `payload` is the body as it came."""

    id: str
    type: str
    object_type: str
    object_id: str
    api_version: str
    account: str
    is_livemode: bool
    created_at: datetime
    payload: str


class PaymentGateway(Protocol):
    """A payment provider. Every call may raise `Unanswered`, `Refused` or `Absent`.

    `key` is the idempotency key: the same key with the same parameters does the thing once.
    `..._since` yield objects created at or after a moment of the provider's clock, newest first.
    """

    is_livemode: bool

    def create_session(self, parameters: Parameters, *, key: str) -> SessionView: ...
    def session(self, session_id: str) -> SessionView: ...
    def expire_session(self, session_id: str, *, key: str) -> SessionView: ...
    def sessions_since(self, moment: datetime) -> Iterator[SessionView]: ...
    def sessions_of(self, intent_id: str) -> Iterator[SessionView]: ...

    def intent(self, intent_id: str) -> IntentView: ...
    def intents_since(self, moment: datetime) -> Iterator[IntentView]: ...
    def charge_intent_id(self, charge_id: str) -> str: ...

    def create_refund(self, parameters: Parameters, *, key: str) -> RefundView: ...
    def refund(self, refund_id: str) -> RefundView: ...
    def refunds_of(self, intent_id: str) -> Iterator[RefundView]: ...
    def refunds_since(self, moment: datetime) -> Iterator[RefundView]: ...

    def dispute(self, dispute_id: str) -> DisputeView: ...
    def disputes_of(self, intent_id: str) -> Iterator[DisputeView]: ...
    def disputes_since(self, moment: datetime) -> Iterator[DisputeView]: ...

    def payout(self, payout_id: str) -> PayoutView: ...
    def payouts_since(self, moment: datetime) -> Iterator[PayoutView]: ...
    def balances_since(self, moment: datetime) -> Iterator[BalanceView]: ...
    def balances_of_payout(self, payout_id: str) -> Iterator[BalanceView]: ...

    def events_since(self, moment: datetime) -> Iterator[EventView]: ...
    def account_id(self) -> str: ...


def gateway() -> PaymentGateway | None:
    """Return the configured provider, or None: then nobody can pay online."""
    if not settings.STRIPE_SECRET_KEY:
        return None
    driver: PaymentGateway = import_string("payments.providers.stripe.client.gateway")()
    return driver
