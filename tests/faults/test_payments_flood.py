"""Five thousand webhooks at once, the whole way: through the real web process to the books."""

from __future__ import annotations

import http.client
import json
import time
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from payments.sandbox.webhooks import signature
from tests.faults.ground import House
from tests.faults.pay_ground import Till, till
from tests.faults.servers import Broker
from tests.faults.test_payments_provider import parts

WEBHOOKS, SECONDS = 5000, 30
SENDERS = 8


def test_five_thousand_webhooks(servers: House, owing: str, broker: Broker):
    """A provider that was silent for an hour tells everything at once, and each event often."""
    with till(servers, "5,000 webhooks at once", owing, broker, janitor=3600) as ground:
        orders = parts(ground.debts(), n=1)
        ground.sandbox.faults([{"where": "webhook", "kind": "drop"}])
        ground.web()
        assert ground.result(ground.payers("payers", orders))["paid"] == len(orders)
        events = list(_events(ground))
        letters = [events[number % len(events)] for number in range(WEBHOOKS)]
        ground.random.shuffle(letters)
        ground.worker()
        began = time.monotonic()
        answers = _send(ground, letters)
        took = time.monotonic() - began
        ground.until_quiet()
        [(applied,)] = ground.ground.ask(
            "SELECT count(*) FROM payments_providerevent WHERE state IN ('processed', 'ignored')"
        )

        ground.judge(f"{WEBHOOKS} of {len(events)} events, answered in {took:.1f} s")
        assert answers == {200: WEBHOOKS} and took <= SECONDS
        assert applied == len(events) >= 4 * len(orders)


def _events(ground: Till):
    """Yield all that happened at the sandbox, as its list of events tells it."""
    after = ""
    while True:
        request = urllib.request.Request(
            f"{ground.sandbox.url}/v1/events?limit=100{after}",
            headers={"Authorization": f"Bearer {ground.sandbox.key}"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            page = json.load(answer)
        yield from page["data"]
        if not page["has_more"]:
            return
        after = f"&starting_after={page['data'][-1]['id']}"


def _send(ground: Till, events: list[dict]) -> Counter[int]:
    """Send events as the provider does, by a few connections that are kept."""
    shares = [events[number::SENDERS] for number in range(SENDERS)]
    with ThreadPoolExecutor(SENDERS) as pool:
        return sum(pool.map(lambda share: _send_share(ground, share), shares), Counter())


def _send_share(ground: Till, events: list[dict]) -> Counter[int]:
    answers: Counter[int] = Counter()
    connection = http.client.HTTPConnection("127.0.0.1", ground.port, timeout=60)
    for event in events:
        body = json.dumps(event).encode()
        proof = signature(body, ground.sandbox.secret, at=int(time.time()))
        headers = {"Content-Type": "application/json", "Stripe-Signature": proof}
        connection.request("POST", "/webhooks/stripe/", body, headers)
        answer = connection.getresponse()
        answer.read()
        answers[answer.status] += 1
    connection.close()
    return answers
