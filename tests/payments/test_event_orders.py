"""However a payment's events come, doubled and in any order, the books end the same.

A bank debit is on its way, succeeds, is refunded in part, and is disputed and won. Its four events
come in each of the 24 orders, each of them several times, with the inbox worked off now and then
in between. The provider shows its objects either as they are in the end, or as they were when the
newest of the waiting events happened: so it shows older states after newer ones, too.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from copy import copy
from dataclasses import dataclass
from itertools import permutations
from random import Random

import pytest
from django.db import transaction

from core import clock
from core.integrity import Scope
from ledger.models import Allocation, JournalEntry
from notifications.models import Notice
from payments.models import (
    BalanceTransaction,
    Chargeback,
    Payment,
    PaymentAttempt,
    PaymentCase,
    ProviderEvent,
    Refund,
    SuspenseItem,
)
from payments.operations import inbox
from payments.providers.stripe import webhook
from reports import integrity
from tests.payments.paying import NOW, open_page, stands
from tests.payments.provider import FakeGateway
from tests.payments.webhooks import body
from tests.statements.factories import FLAT, make_bill, make_world

pytestmark = pytest.mark.django_db
BOOKS = ("sessions", "intents", "refunds", "disputes", "payouts", "balances")
STEPS = ("processing", "succeeded", "refunded", "dispute won")
TURNS = 3  # random doublings and interleavings of each order
REFUNDED = 2000


@dataclass(frozen=True)
class Event:
    """Something that happened at the provider: when, as a number of `STEPS`, and its bodies."""

    step: int
    bodies: tuple[dict, ...]  # two different events of one change; each may come several times


class World:
    """The provider's books after each step, and what it tells about each."""

    def __init__(self, attempt, fake):
        self.fake, self.shots = fake, []
        intent = fake.process(attempt.session_id)
        self._keep()
        intent = fake.succeed(intent)
        self._keep()
        asked = {"payment_intent": intent.id, "amount": REFUNDED}
        refund = fake.create_refund(asked, key="made at the provider")
        fake.settle_refund(refund.id)
        self._keep()
        dispute = fake.open_dispute(intent.id, amount=intent.amount - REFUNDED)
        fake.close_dispute(dispute.id, "won")
        self._keep()
        self.events = [
            event(0, "payment_intent", intent.id, "payment_intent.processing"),
            event(1, "payment_intent", intent.id, "payment_intent.succeeded"),
            event(2, "refund", refund.id, "refund.created", "refund.updated"),
            event(
                3,
                "dispute",
                dispute.id,
                "charge.dispute.funds_reinstated",
                "charge.dispute.closed",
            ),
        ]
        session = body("checkout.session.completed", "checkout.session", attempt.session_id)
        charge = body("charge.refunded", "charge", intent.charge.id)
        self.events[0] = Event(0, (*self.events[0].bodies, session))
        self.events[2] = Event(2, (*self.events[2].bodies, charge))

    def _keep(self):
        self.shots.append({name: copy(getattr(self.fake, name)) for name in BOOKS})

    def show(self, step):
        """Let the provider stand as it was after a step."""
        for name, books in self.shots[step].items():
            setattr(self.fake, name, books)


def event(step, object_type, object_id, *types):
    return Event(step, tuple(body(each, object_type, object_id) for each in types))


def arrivals(order, world, random):
    """Yield the step and body of each delivery: every event at least once, some again later."""
    for place, step in enumerate(order):
        first, *others = world.events[step].bodies
        yield step, first
        for each in others:
            if random.random() < 0.6:
                yield step, each
        for _ in range(random.randrange(3)):
            earlier = random.choice(order[: place + 1])
            yield earlier, random.choice(world.events[earlier].bodies)


def work(world, *, as_of, steps):
    """Work the inbox off, with the provider standing as it is, or as of the newest event."""
    waiting = ProviderEvent.objects.filter(state="received").values_list("pk", flat=True)
    newest = max((steps[pk] for pk in waiting), default=3)
    world.show(newest if as_of else 3)
    while inbox.work(owner="a worker", now=NOW):
        pass


def live_through(order, statement, monkeypatch, *, as_of, random):
    """Let everything happen in this order, return what the books say then, and undo it all."""
    fake = FakeGateway()
    monkeypatch.setattr("payments.gateway.gateway", lambda: fake)
    beginning = transaction.savepoint()
    attempt = open_page(statement, method="bank_debit")
    world, steps = World(attempt, fake), {}
    for step, values in arrivals(order, world, random):
        steps[values["id"]] = step
        view = webhook.read(json.dumps(values))
        inbox.receive(view, source="webhook", received_at=clock.real_now())
        if random.random() < 0.5:
            work(world, as_of=as_of, steps=steps)
    work(world, as_of=as_of, steps=steps)
    books = told(attempt)
    violated = [r for r in integrity.check(Scope(now=clock.real_now()), fast=True) if r.violations]
    owed = stands(statement)
    transaction.savepoint_rollback(beginning)
    assert violated == []
    return books, owed


def told(attempt):
    """Return all that must be the same in the end, without the keys that count our rows."""
    entries = {
        re.sub(r"^rf:\d+:", "rf:N:", entry.source_key): sorted(
            entry.postings.values_list("account__kind", "account__account", "amount")
        )
        for entry in JournalEntry.objects.prefetch_related("postings")
    }
    attempt.refresh_from_db()
    return {
        "entries": entries,
        "allocated": allocated(),
        "attempt": (attempt.state, attempt.received_minor, attempt.intent_id),
        "payments": list(Payment.objects.values_list("intent_id", "amount_minor", "state")),
        "refunds": list(Refund.objects.values_list("provider_id", "amount_minor", "state")),
        "chargebacks": list(Chargeback.objects.values_list("provider_id", "state")),
        "movements": sorted(BalanceTransaction.objects.values_list("provider_id", "amount_minor")),
        "cases": sorted(PaymentCase.objects.values_list("kind", "about")),
        "suspense": SuspenseItem.objects.count(),
        "attempts": PaymentAttempt.objects.count(),
        "received notices": Notice.objects.filter(kind="payment.received").count(),
        "events": set(ProviderEvent.objects.values_list("state", "error")),
    }


def allocated():
    """Return what each entry of credit paid of each entry of debt, by their keys."""
    net = Counter()
    rows = Allocation.objects.select_related("credit__entry", "debit__entry")
    for row in rows:
        keys = row.credit.entry.source_key, row.debit.entry.source_key
        name = tuple(re.sub(r"^rf:\d+:", "rf:N:", key) for key in keys)
        net[name] += row.amount if row.reverses_id is None else -row.amount
    return {name: amount for name, amount in net.items() if amount}


@pytest.fixture
def statement():
    make_world()
    return make_bill(FLAT)  # 58.12


@pytest.fixture
def expected(statement, monkeypatch):
    """The books after the events came once each, in the order in which they happened."""
    quiet = Random(0)
    quiet.random, quiet.randrange = lambda: 0.5, lambda n: 0  # once each, worked off at the end
    books, owed = live_through(range(4), statement, monkeypatch, as_of=False, random=quiet)
    return books, owed


def test_in_the_order_in_which_they_happened_the_books_say_what_happened(expected):
    """
    bill 58.12, paid 58.12, of which 20.00 go back and 38.12 are disputed and won: 20.00 are owed
    """
    books, owed = expected

    assert owed == REFUNDED
    assert books["attempt"][:2] == ("succeeded", 5812)
    assert [row[2] for row in books["refunds"]] == ["succeeded"]
    assert [row[1] for row in books["chargebacks"]] == ["won"]
    assert books["events"] == {("processed", "")}
    assert (books["received notices"], books["suspense"], books["attempts"]) == (1, 0, 1)


@pytest.mark.parametrize("as_of", [False, True], ids=["as it ended", "as of the event"])
@pytest.mark.parametrize("first", range(4), ids=STEPS)
def test_every_order_ends_in_the_same_books(first, as_of, statement, expected, monkeypatch):
    for order in (o for o in permutations(range(4)) if o[0] == first):
        for turn in range(TURNS):
            random = Random(f"{order} {turn}")
            books = live_through(order, statement, monkeypatch, as_of=as_of, random=random)

            assert (order, turn, *books) == (order, turn, *expected)
