"""A provider in memory: what the gateway promises, with keys, replays and the payer's side."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core import clock
from payments.gateway import (
    Absent,
    BalanceView,
    ChargeView,
    DisputeView,
    EventView,
    IntentView,
    PayoutView,
    RefundView,
    Refused,
    SessionView,
    Unanswered,
)
from payments.providers.guard import refuse_in_transaction

EPOCH = datetime(2026, 11, 1, tzinfo=UTC)


class FakeGateway:
    """Implements `PaymentGateway`; its dictionaries are its books. Safe for threads.

    `faults` is a list of exceptions, or (method name, exception): each is raised once, before
    anything is done; with `after=True` in `fail_next` the thing is done first.
    """

    is_livemode = False

    def __init__(self, first: int = 1) -> None:
        self._serial = itertools.count(first)  # of the ids
        self.sessions: dict[str, SessionView] = {}
        self.intents: dict[str, IntentView] = {}
        self.refunds: dict[str, RefundView] = {}
        self.disputes: dict[str, DisputeView] = {}
        self.payouts: dict[str, PayoutView] = {}
        self.balances: dict[str, BalanceView] = {}
        self.events: list[EventView] = []
        self.calls: list[str] = []
        self._faults: list[tuple[str, Exception, bool]] = []
        self._keys: dict[str, tuple[object, object]] = {}
        self._lock = threading.RLock()

    # --- faults

    def fail_next(self, method: str, error: Exception | None = None, *, after: bool = False):
        """Let the next call of a method fail, before or after it has done its work."""
        self._faults.append((method, error or Unanswered("no answer"), after))

    def _call(self, method: str, work):
        refuse_in_transaction()
        with self._lock:
            self.calls.append(method)
            fault = next((f for f in self._faults if f[0] == method), None)
            if fault:
                self._faults.remove(fault)
                if not fault[2]:
                    raise fault[1]
            result = work()
            if fault:
                raise fault[1]
            return result

    def _once(self, key: str, parameters: object, work):
        if key in self._keys:
            before, result = self._keys[key]
            if before != parameters:
                raise Refused("another body under the same key", "idempotency_error")
            return result
        result = work()
        self._keys[key] = (parameters, result)
        return result

    def _id(self, prefix: str) -> str:
        return f"{prefix}_test_{next(self._serial):06d}"

    @staticmethod
    def _found(objects, key):
        if key not in objects:
            raise Absent(f"no such object: {key}", "resource_missing")
        return objects[key]

    # --- sessions

    def create_session(self, parameters, *, key):
        return self._call(
            "create_session",
            lambda: self._once(key, parameters, lambda: self._new_session(parameters)),
        )

    def _new_session(self, parameters) -> SessionView:
        price = parameters["line_items"][0]["price_data"]
        session = SessionView(
            id=self._id("cs"),
            status="open",
            payment_status="unpaid",
            url=f"https://pay.example/{next(self._serial)}",
            intent_id=None,
            amount=price["unit_amount"],
            currency=price["currency"].upper(),
            expires_at=datetime.fromtimestamp(parameters["expires_at"], UTC),
            created_at=clock.real_now(),
            is_livemode=False,
            metadata=dict(parameters["metadata"]),
        )
        self.sessions[session.id] = session
        return session

    def session(self, session_id):
        return self._call("session", lambda: self._found(self.sessions, session_id))

    def expire_session(self, session_id, *, key):
        return self._call("expire_session", lambda: self._expire(session_id))

    def _expire(self, session_id: str) -> SessionView:
        session = self._found(self.sessions, session_id)
        if session.status != "open":
            raise Refused("the session is not open", "resource_invalid_state")
        if session.intent_id:
            self._intent(session.intent_id, status="canceled")
        return self._session(session_id, status="expired")

    def sessions_since(self, moment) -> Iterator[SessionView]:
        return self._call("sessions_since", lambda: self._since(self.sessions, moment))

    def sessions_of(self, intent_id):
        return self._call("sessions_of", lambda: self._of(self.sessions, intent_id))

    @staticmethod
    def _of(objects, intent_id):
        return iter([o for o in objects.values() if o.intent_id == intent_id])

    @staticmethod
    def _since(objects, moment):
        found = [o for o in objects.values() if o.created_at >= moment]
        return iter(sorted(found, key=lambda o: o.created_at, reverse=True))

    # --- intents

    def intent(self, intent_id):
        return self._call("intent", lambda: self._found(self.intents, intent_id))

    def intents_since(self, moment):
        return self._call("intents_since", lambda: self._since(self.intents, moment))

    def charge_intent_id(self, charge_id):
        def find():
            for intent in self.intents.values():
                if intent.charge and intent.charge.id == charge_id:
                    return intent.id
            raise Absent(charge_id, "resource_missing")

        return self._call("charge_intent_id", find)

    # --- refunds

    def create_refund(self, parameters, *, key):
        return self._call(
            "create_refund",
            lambda: self._once(key, parameters, lambda: self._new_refund(parameters)),
        )

    def _new_refund(self, parameters) -> RefundView:
        intent = self._found(self.intents, parameters["payment_intent"])
        amount = parameters.get("amount", intent.amount_received)
        gone = sum(
            r.amount
            for r in self.refunds.values()
            if r.intent_id == intent.id and r.status not in ("failed", "canceled")
        )
        if gone + amount > intent.amount_received:
            raise Refused("more than is left", "charge_already_refunded")
        refund = RefundView(
            id=self._id("re"),
            status="pending",
            amount=amount,
            currency=intent.currency,
            intent_id=intent.id,
            failure_code="",
            balance=None,
            failure_balance=None,
            created_at=clock.real_now(),
            metadata=dict(parameters.get("metadata", {})),
        )
        balance = self.move_balance("refund", -amount, refund.id, currency=intent.currency)
        refund = replace(refund, balance=balance)
        self.refunds[refund.id] = refund
        return refund

    def settle_refund(
        self, refund_id: str, status: str = "succeeded", code: str = ""
    ) -> RefundView:
        """Bring a refund to its result; a failed one gives the money back to our balance."""
        refund = self.refunds[refund_id]
        back = refund.failure_balance
        if status in ("failed", "canceled") and back is None:
            back = self.move_balance(
                "refund_failure", refund.amount, refund.id, currency=refund.currency
            )
        refund = replace(refund, status=status, failure_code=code, failure_balance=back)
        self.refunds[refund_id] = refund
        return refund

    def refund(self, refund_id):
        return self._call("refund", lambda: self._found(self.refunds, refund_id))

    def refunds_of(self, intent_id):
        return self._call("refunds_of", lambda: self._of(self.refunds, intent_id))

    def refunds_since(self, moment):
        return self._call("refunds_since", lambda: self._since(self.refunds, moment))

    # --- disputes

    def open_dispute(self, intent_id: str, *, status="needs_response", fee=1500, amount=None):
        """The payer's bank takes a payment back; an inquiry (warning_...) moves nothing."""
        intent = self.intents[intent_id]
        dispute = DisputeView(
            id=self._id("du"),
            status=status,
            amount=amount or intent.amount_received,
            currency=intent.currency,
            intent_id=intent_id,
            charge_id=intent.charge.id if intent.charge else "",
            reason="fraudulent",
            balances=(),
            evidence_due_at=clock.real_now() + timedelta(days=7),
            created_at=clock.real_now(),
        )
        if not status.startswith("warning"):
            taken = self.move_balance(
                "adjustment", -dispute.amount, dispute.id, fee=fee, currency=dispute.currency
            )
            dispute = replace(dispute, balances=(taken,))
        self.disputes[dispute.id] = dispute
        return dispute

    def close_dispute(self, dispute_id: str, status: str) -> DisputeView:
        """won: the money comes back, the fee does not; lost: it stays away."""
        dispute = self.disputes[dispute_id]
        balances = dispute.balances
        if status == "won" and len(balances) == 1:
            back = self.move_balance(
                "adjustment", dispute.amount, dispute.id, currency=dispute.currency
            )
            balances = (*balances, back)
        dispute = replace(dispute, status=status, balances=balances)
        self.disputes[dispute_id] = dispute
        return dispute

    def dispute(self, dispute_id):
        return self._call("dispute", lambda: self._found(self.disputes, dispute_id))

    def disputes_of(self, intent_id):
        return self._call("disputes_of", lambda: self._of(self.disputes, intent_id))

    def disputes_since(self, moment):
        return self._call("disputes_since", lambda: self._since(self.disputes, moment))

    # --- balance, payouts, events

    def move_balance(self, kind, amount, source_id, *, fee=0, currency="USD") -> BalanceView:
        view = BalanceView(
            id=self._id("txn"),
            kind=kind,
            amount=amount,
            fee=fee,
            net=amount - fee,
            currency=currency,
            source_id=source_id,
            created_at=clock.real_now(),
        )
        self.balances[view.id] = view
        return view

    def pay_out(self, amount: int, currency: str = "USD") -> PayoutView:
        payout = PayoutView(
            id=self._id("po"),
            status="paid",
            amount=amount,
            currency=currency,
            arrives_on=clock.real_now().date(),
            balance=None,
            failure_balance=None,
            created_at=clock.real_now(),
        )
        moved = self.move_balance("payout", -amount, payout.id, currency=currency)
        self.payouts[payout.id] = replace(payout, balance=moved)
        return self.payouts[payout.id]

    def payout(self, payout_id):
        return self._call("payout", lambda: self._found(self.payouts, payout_id))

    def payouts_since(self, moment):
        return self._call("payouts_since", lambda: self._since(self.payouts, moment))

    def balances_since(self, moment):
        return self._call("balances_since", lambda: self._since(self.balances, moment))

    def balances_of_payout(self, payout_id):
        return self._call("balances_of_payout", lambda: iter(()))

    def events_since(self, moment):
        return self._call(
            "events_since", lambda: iter([e for e in self.events if e.created_at >= moment])
        )

    def account_id(self):
        return "acct_test"

    # --- the payer's side of the hosted page

    def _session(self, session_id, **changes) -> SessionView:
        self.sessions[session_id] = replace(self.sessions[session_id], **changes)
        return self.sessions[session_id]

    def _intent(self, intent_id, **changes) -> IntentView:
        self.intents[intent_id] = replace(self.intents[intent_id], **changes)
        return self.intents[intent_id]

    def _start(self, session) -> IntentView:
        """Return the payment of a page, made when the payer first presses the button."""
        session = self.sessions[getattr(session, "id", None) or session]
        if session.intent_id:
            return self.intents[session.intent_id]
        intent = IntentView(
            id=self._id("pi"),
            status="requires_payment_method",
            amount=session.amount,
            amount_received=0,
            currency=session.currency,
            charge=None,
            failure_code="",
            created_at=clock.real_now(),
            is_livemode=False,
            metadata=dict(session.metadata),
        )
        self.intents[intent.id] = intent
        self._session(session.id, intent_id=intent.id)
        return intent

    def pay(self, session, *, amount=None, currency=None, fee=47, with_fee=True) -> IntentView:
        """A card pays at once: all of it, or another amount or currency by a fault."""
        with self._lock:
            intent = self._start(session)
            page = next(s for s in self.sessions.values() if s.intent_id == intent.id)
            self._session(page.id, status="complete", payment_status="paid")
            return self.succeed(
                intent, amount=amount, currency=currency, fee=fee, with_fee=with_fee
            )

    def succeed(
        self,
        intent,
        *,
        amount=None,
        currency=None,
        fee=47,
        with_fee=True,
        method="card",
        instrument="Visa 4242",
    ) -> IntentView:
        """The money is there."""
        with self._lock:
            intent = self.intents[getattr(intent, "id", intent)]
            received = intent.amount if amount is None else amount
            charge_id = intent.charge.id if intent.charge else self._id("ch")
            currency = currency or intent.currency
            balance = None
            if with_fee:
                balance = self.move_balance(
                    "charge", received, charge_id, fee=fee, currency=currency
                )
            if intent.status == "processing":
                method, instrument = "bank_debit", "Test Bank 6789"
            charge = ChargeView(charge_id, received, method, instrument, balance)
            for page in list(self.sessions.values()):
                if page.intent_id == intent.id:
                    self._session(page.id, status="complete", payment_status="paid")
            return self._intent(
                intent.id,
                status="succeeded",
                amount_received=received,
                currency=currency,
                charge=charge,
                failure_code="",
            )

    def learn_fee(self, intent, fee=47) -> IntentView:
        """The provider books a charge, later than it took the money."""
        intent = self.intents[getattr(intent, "id", intent)]
        balance = self.move_balance(
            "charge", intent.amount_received, intent.charge.id, fee=fee, currency=intent.currency
        )
        return self._intent(intent.id, charge=replace(intent.charge, balance=balance))

    def decline(self, session, code="card_declined") -> IntentView:
        """A card is refused; the page stays open for another."""
        intent = self._start(session)
        return self._intent(intent.id, failure_code=code)

    def challenge(self, session) -> IntentView:
        """The payer's bank asks for confirmation."""
        return self._intent(self._start(session).id, status="requires_action")

    def process(self, session) -> IntentView:
        """A bank debit is on its way; its result comes days later."""
        intent = self._start(session)
        page = next(s for s in self.sessions.values() if s.intent_id == intent.id)
        self._session(page.id, status="complete", payment_status="unpaid")
        charge = ChargeView(self._id("py"), intent.amount, "bank_debit", "Test Bank 6789", None)
        return self._intent(intent.id, status="processing", charge=charge)

    def fail(self, intent, code="insufficient_funds") -> IntentView:
        """A bank debit comes back."""
        intent = self.intents[getattr(intent, "id", intent)]
        return self._intent(intent.id, status="requires_payment_method", failure_code=code)

    def expire(self, session) -> SessionView:
        """Nobody paid in time."""
        return self._expire(getattr(session, "id", session))


@pytest.fixture
def provider(monkeypatch) -> FakeGateway:
    """The provider in memory, in place of the real one."""
    fake = FakeGateway()
    monkeypatch.setattr("payments.gateway.gateway", lambda: fake)
    return fake
