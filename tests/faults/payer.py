"""Customers who pay: `python -m tests.faults.payer ORDERS.json SANDBOX_URL THREADS`.

Each order is paid once, however often that must be tried: the same form is sent again when there
was no answer, and a new one when the attempt has ended. Who finds a page of the provider that is
still open, from any tab, pays there too: if a page too many was made, it is paid twice.
The last line printed tells how many were paid, and which errors the customers met.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

import django

PATIENCE_S = 150
PAID_AT_PROVIDER = ("processing", "succeeded")
ENDED = ("failed", "expired", "cancelled", "abandoned")
UNSURE = ("created", "submitting", "unknown")
FORMS = uuid.UUID("5d1c9b1e-0000-4000-8000-000000000000")


@dataclass(frozen=True)
class Order:
    """What one customer wants to pay once; `statement` is a key, or 0 for the whole account."""

    key: str
    account: str
    statement: int
    amount: int
    method: str = "card"
    number: str = "4242424242424242"  # of the card or the bank account


class NotPaid(Exception):
    """A customer gave up."""


class Payers:
    """Pay orders at a sandbox; counts the errors that customers meet."""

    def __init__(self, sandbox_url: str) -> None:
        self.sandbox_url = sandbox_url
        self.errors: Counter[str] = Counter()
        self.waited: Counter[str] = Counter()

    def pay(self, order: Order) -> bool:
        """Pay one order, whatever it takes."""
        from django.db import connection

        until = time.monotonic() + PATIENCE_S
        try:
            for turn in range(50):
                if self._try(order, turn, until):
                    return True
            raise NotPaid(order.key)
        finally:
            connection.close()

    def _try(self, order: Order, turn: int, until: float) -> bool:
        """Pay by one form; say whether it was paid, False if its attempt ended without money."""
        attempt = self._sure(order, uuid.uuid5(FORMS, f"{order.key}:{turn}"), until)
        if attempt.state in ENDED:
            return False
        if attempt.state not in PAID_AT_PROVIDER:
            self._pay_page(order, attempt.session_id)
        return True

    def _sure(self, order: Order, token: uuid.UUID, until: float):
        """Return the attempt of a form once it is known what became of it."""
        from payments.operations.attempts import UnderWay

        while time.monotonic() < until:
            try:
                attempt = self._go(order, token)
                if attempt.state not in UNSURE:
                    return attempt
                self.waited["no answer yet"] += 1
            except UnderWay:
                self.waited["under way"] += 1
            except Exception as error:
                self._met(error)
            time.sleep(0.3)
        raise NotPaid(f"{order.key}: {dict(self.waited)} {dict(self.errors)}")

    def _go(self, order: Order, token: uuid.UUID):
        from accounts.models import CustomerAccount, User
        from core import clock
        from payments.operations.attempts import begin
        from payments.operations.submit import submit
        from statements.models import Statement

        account = CustomerAccount.objects.select_related("customer").get(number=order.account)
        attempt = begin(
            account,
            statement=Statement.objects.get(pk=order.statement) if order.statement else None,
            amount_minor=order.amount,
            method=order.method,
            form_token=token,
            user=User.objects.get(email="payer@example.org"),
            language="en",
            now=clock.now(),
        )
        return submit(attempt, now=clock.now()) if attempt.state == "created" else attempt

    def _met(self, error: Exception) -> None:
        from django.db import connection

        self.errors[f"{type(error).__name__}: {str(error)[:60]}"] += 1
        connection.close()  # a new one for the next try

    # --- at the provider

    def _pay_page(self, order: Order, session: str) -> None:
        means = {"card" if order.method == "card" else "account": order.number}
        self._tell("/_sandbox/pay", {"session": session, **means})

    def pay_open_pages(self, orders: list[Order]) -> int:
        """Pay at every page that is still open for these accounts; return how many there were."""
        by_account = {order.account: order for order in orders}
        found = 0
        for session in self._tell("/_sandbox/books", None)["sessions"]:
            order = by_account.get(session["metadata"].get("account", ""))
            if order and session["status"] == "open":
                self._pay_page(order, session["id"])
                found += 1
        return found

    def _tell(self, path: str, body: object) -> dict:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.sandbox_url + path, data, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code == 400:  # the page is complete or expired: this customer was here before
                return {}
            raise


def forget_keys() -> None:
    """Switch a guard off for the positive control: each call goes out under a key of its own."""
    from payments.providers.stripe import client

    client._under = lambda key: {"idempotency_key": f"{key}:{uuid.uuid4()}"}


def write(orders: list[Order]) -> str:
    return json.dumps([asdict(order) for order in orders])


def main(path: str, sandbox_url: str, threads: str, *more: str) -> None:
    with open(path) as file:
        orders = [Order(**values) for values in json.load(file)]
    if "without-keys" in more:
        forget_keys()
    payers = Payers(sandbox_url)
    with ThreadPoolExecutor(int(threads)) as pool:
        paid = sum(pool.map(payers.pay, orders))
    found = payers.pay_open_pages(orders) if "old-tabs" in more else 0
    waited, errors = dict(payers.waited), dict(payers.errors)
    print(json.dumps({"paid": paid, "old_tabs": found, "errors": errors, "waited": waited}))


if __name__ == "__main__":
    django.setup()
    main(*sys.argv[1:])
