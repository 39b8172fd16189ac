"""Events of the payment provider: answered by the whole stack, stored, and applied once each.

The floor of storing one is a bare INSERT of the same bytes, committed alone as ours is.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from unittest.mock import patch

import stripe
from django.db import connection
from django.db.models import Count, Q, Sum
from django.test import Client
from django.test.utils import override_settings

from accounts.models import Customer, CustomerAccount, Utility
from benchmarks.databases import analyse, migrated, require_postgresql
from benchmarks.measure import Cost, Record, costs, median_ratio, middle, record
from core import clock
from ledger.models import JournalEntry, Posting
from payments.gateway import BalanceView, ChargeView, EventView, IntentView
from payments.models import Payment, PaymentAttempt, ProviderEvent
from payments.operations import inbox
from payments.providers.stripe import webhook
from payments.references import new_reference

SIZES = {"small": 500, "full": 5_000}
SECRET = "whsec_" + "b" * 32
NOW = datetime(2026, 11, 10, 15, tzinfo=UTC)
AMOUNT = 58_12
FILLING = "x" * 2_500  # an event of a payment has three or four kilobytes
TABLE = "payments_providerevent"
STATES = ProviderEvent.State


@dataclass
class Shown:
    """A provider that shows a payment of every attempt, as it is when the money is there."""

    intents: dict[str, IntentView]
    is_livemode: bool = False

    def intent(self, intent_id: str) -> IntentView:
        return self.intents[intent_id]


def run(scale: str, repeat: int) -> list[Record]:
    """Measure as many webhooks as the scale has.

    :raises NoPostgreSQL: if another database is configured
    """
    require_postgresql()
    n = SIZES[scale]
    with migrated(), override_settings(STRIPE_WEBHOOK_SECRETS=[SECRET]):
        shown = Shown(_paid(n))
        with patch("payments.gateway.gateway", lambda: shown):
            return [*_answered(list(shown.intents)), *_stored(n, repeat)]


def _paid(n: int) -> dict[str, IntentView]:
    """Make n accounts with an open attempt each, and return what the provider shows of them."""
    Utility.objects.create(pk=1, name="Bench Power", currency="USD", zone_name="UTC")
    people = Customer.objects.bulk_create([Customer(name=f"Customer {i}") for i in range(n)])
    rows = [
        CustomerAccount(
            number=f"N{i:08d}", customer=each, currency="USD", opened_on=date(2020, 1, 1)
        )
        for i, each in enumerate(people)
    ]
    accounts = CustomerAccount.objects.bulk_create(rows)
    attempts = PaymentAttempt.objects.bulk_create([_attempt(account) for account in accounts])
    analyse()
    return {str(attempt.intent_id): _intent(attempt) for attempt in attempts}


def _attempt(account: CustomerAccount) -> PaymentAttempt:
    return PaymentAttempt(
        reference=new_reference(),
        form_token=uuid.uuid4(),
        account=account,
        target=f"acct:{account.pk}",
        amount_minor=AMOUNT,
        currency="USD",
        method="card",
        environment="bench",
        created_at=NOW,
        idempotency_key=f"bench:{account.pk}",
        parameters={},
        parameters_digest="",
        state=PaymentAttempt.State.OPEN,
        changed_at=NOW,
        session_id=f"cs_test_{account.pk}",
        intent_id=f"pi_test_{account.pk}",
    )


def _intent(attempt: PaymentAttempt) -> IntentView:
    number = str(attempt.account_id)
    fee = BalanceView(
        id=f"txn_{number}",
        kind="charge",
        amount=AMOUNT,
        fee=199,
        net=AMOUNT - 199,
        currency="USD",
        source_id=f"ch_{number}",
        created_at=NOW,
    )
    return IntentView(
        id=str(attempt.intent_id),
        status="succeeded",
        amount=AMOUNT,
        amount_received=AMOUNT,
        currency="USD",
        charge=ChargeView(f"ch_{number}", AMOUNT, "card", "Visa 4242", fee),
        failure_code="",
        created_at=NOW,
        is_livemode=False,
        metadata={"attempt": str(attempt.uid)},
    )


def _body(intent_id: str, name: str) -> bytes:
    event = {
        "id": f"evt_{name}_{intent_id}",
        "object": "event",
        "type": "payment_intent.succeeded",
        "api_version": stripe.api_version,
        "created": int(NOW.timestamp()),
        "livemode": False,
        "pending_webhooks": 1,
        "data": {"object": {"id": intent_id, "object": "payment_intent", "filling": FILLING}},
    }
    return json.dumps(event).encode()


# --- from the request to the books


def _answered(intents: Sequence[str]) -> list[Record]:
    n = len(intents)
    bodies = [_body(intent, "paid") for intent in intents]
    answering, answers = _send(bodies)
    applying = _work()
    before = _rows()
    again, answers_again = _send(bodies)
    _work()
    refused = sum(not 200 <= status < 300 for status in answers + answers_again)
    counts: dict[str, Any] = {"n": n, "repeat": 1, "goal": "== 0", "is_count": True}
    whole: dict[str, Any] = {"n": n, "repeat": 1, "unit": "seconds for 5,000"}
    return [
        record("webhooks.answered", product=_of_5000(answering, n), goal="<= 30", **whole),
        record("webhooks.applied", product=_of_5000(applying, n), goal="", **whole),
        record("webhooks.again", product=_of_5000(again, n), goal="", **whole),
        record("webhooks.refused", product=refused, unit="answers that are not 2xx", **counts),
        record("webhooks.not_once", product=_not_once(n), unit="payments", **counts),
        record("webhooks.doubled", product=_rows() - before, unit="rows", **counts),
    ]


def _send(bodies: Sequence[bytes]) -> tuple[float, list[int]]:
    """Post every body as the provider would; return the seconds and the answers."""
    client = Client(SERVER_NAME="localhost")
    sign = stripe.WebhookSignature.generate_signature_header
    headers = [
        {"Stripe-Signature": sign(body.decode(), SECRET, int(clock.real_now().timestamp()))}
        for body in bodies
    ]
    begun = time.perf_counter()
    answers = [
        client.post("/webhooks/stripe/", body, content_type="application/json", headers=header)
        for body, header in zip(bodies, headers, strict=True)
    ]
    return time.perf_counter() - begun, [answer.status_code for answer in answers]


def _work() -> float:
    begun = time.perf_counter()
    while inbox.work(owner="bench", now=NOW):
        pass
    return time.perf_counter() - begun


def _not_once(n: int) -> int:
    """Return how many payments are missing, doubled, or not in the books with their amount."""
    processed = ProviderEvent.objects.filter(state=STATES.PROCESSED).count()
    booked = JournalEntry.objects.filter(
        Q(source_key__startswith="pi:"), state=JournalEntry.State.POSTED
    ).aggregate(n=Count("pk"))["n"]
    cash = Posting.objects.filter(account__kind="receivable").aggregate(s=Sum("amount"))["s"] or 0
    counts = (processed, booked, Payment.objects.count(), -cash // AMOUNT)
    return sum(abs(count - n) for count in counts)


def _rows() -> int:
    return sum(m.objects.count() for m in (ProviderEvent, Payment, JournalEntry, Posting))


def _of_5000(seconds: float, n: int) -> float:
    return seconds / n * 5_000


# --- storing, against a bare INSERT


def _stored(n: int, repeat: int) -> list[Record]:
    product: list[Cost] = []
    floor: list[Cost] = []
    for number in range(repeat + 1):  # the first round warms up and is not counted
        events = [webhook.read(_body(f"pi_{i}", f"r{number}").decode()) for i in range(n)]
        ours, bare = _store(events), _insert(f"evt_r{number}_")
        if number:
            product.append(ours)
            floor.append(bare)
    ours, bare = middle(product), middle(floor)
    return [
        record(
            "webhooks.receive",
            n=n,
            repeat=repeat,
            product=ours.cpu_us(n),
            floor=bare.cpu_us(n),
            ratio=median_ratio([c.cpu_s for c in product], [c.cpu_s for c in floor]),
            goal="",
            unit="µs of CPU per event",
            cost=ours,
        )
    ]


def _store(events: Sequence[EventView]) -> Cost:
    with costs() as cost:
        for event in events:
            inbox.receive(event, source="webhook", received_at=NOW)
    return cost


def _insert(prefix: str) -> Cost:
    """Write the rows that were just stored once more, under other keys, as fast as can be."""
    columns = [str(field.column) for field in ProviderEvent._meta.concrete_fields]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {TABLE} WHERE id LIKE %s", [f"{prefix}%"])
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    values = [[*({**row, "id": f"bare_{row['id']}", "uid": uuid.uuid4()}).values()] for row in rows]
    sql = f"INSERT INTO {TABLE} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
    with connection.cursor() as cursor, costs() as cost:
        for row in values:
            cursor.execute(sql, row)
    return cost
