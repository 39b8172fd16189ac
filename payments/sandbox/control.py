"""The switches under /_sandbox/: plain JSON, no key, this machine only."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from payments.sandbox import desk, faults
from payments.sandbox.books import Books, Json
from payments.sandbox.effects import disputing, means, paying, payouts, refunding
from payments.sandbox.errors import ApiError
from payments.sandbox.http_answers import Answer, Request, as_json
from payments.sandbox.provider import Sandbox

SHOWN = {
    "sessions": "checkout.session",
    "payment_intents": "payment_intent",
    "charges": "charge",
    "refunds": "refund",
    "disputes": "dispute",
    "payouts": "payout",
    "balance_transactions": "balance_transaction",
}
Switch = Callable[..., Any]


def answer(sandbox: Sandbox, request: Request) -> Answer:
    """Return the answer to one request under /_sandbox."""
    if request.path in ("/_sandbox", "/_sandbox/") or request.path.startswith("/_sandbox/do/"):
        return desk.answer(sandbox, request)
    for method, pattern, switch in SWITCHES:
        match = re.fullmatch(pattern, request.path)
        if match and method == request.method:
            return _said(sandbox, request, switch, match.groups())
    return as_json({"error": "There is no such switch."}, status=404)


def _said(sandbox: Sandbox, request: Request, switch: Switch, which: tuple[Any, ...]) -> Answer:
    try:
        asked = json.loads(request.body or b"{}")
        if not isinstance(asked, dict | list):
            raise ValueError("an object or a list is expected")
        return as_json(switch(sandbox, asked, *which))
    except ApiError as error:
        return as_json({"error": error.error["message"]}, status=error.status)
    except (ValueError, TypeError, KeyError, paying.Closed) as error:
        return as_json({"error": str(error) or type(error).__name__}, status=400)


def books(sandbox: Sandbox, asked: Json) -> Json:
    """Show everything the sandbox knows, oldest first."""
    with sandbox.books() as open_books:
        found: Json = {name: list(open_books.all_of(kind)) for name, kind in SHOWN.items()}
        rows = open_books.connection.execute(
            "SELECT event, url, state, attempts, answer FROM deliveries ORDER BY seq"
        ).fetchall()
    names = ("event", "url", "state", "attempts", "answer")
    return found | {"deliveries": [dict(zip(names, row, strict=True)) for row in rows]}


def set_faults(sandbox: Sandbox, asked: Any) -> Json:
    """Replace the list; an object may also hold a seed: {"faults": [...], "seed": 7}."""
    given = asked if isinstance(asked, list) else asked.get("faults", [])
    seed = None if isinstance(asked, list) else asked.get("seed")
    sandbox.faults.replace(given, seed=seed)
    return show_faults(sandbox, {})


def show_faults(sandbox: Sandbox, asked: Any) -> Json:
    return {"faults": sandbox.faults.shown()}


def clock(sandbox: Sandbox, asked: Json) -> Json:
    """Move the clock on by `advance_seconds`; what falls due happens at once."""
    return {"now": sandbox.advance(float(asked.get("advance_seconds", 0)))}


def pay(sandbox: Sandbox, asked: Json) -> Json:
    """Pay a session without its page: {"session": id, "card" or "account": number}."""
    chosen = means.card(asked["card"]) if "card" in asked else means.account(asked["account"])
    payer = paying.Payer(asked.get("email", "customer@example.org"), asked.get("name", "Customer"))
    with sandbox.books() as open_books:
        session = open_books.get("checkout.session", asked["session"])
        result = paying.pay(
            open_books,
            session,
            chosen,
            payer,
            public_url=sandbox.config.public_url,
            fault=sandbox.faults.strike("payment", faults.PAYMENT),
        )
        if result.state == "asks" and "proven" in asked:
            result = paying.prove(
                open_books,
                session,
                proven=bool(asked["proven"]),
                public_url=sandbox.config.public_url,
            )
        return _paid(open_books, session["id"], result)


def settle(sandbox: Sandbox, asked: Json) -> Json:
    """Do what is due; "payment_intent" (or "all") brings debits to their end before their time.

    With "outcome": "pays" or "fails" the end is chosen.
    """
    done = sandbox.run_due()
    with sandbox.books() as open_books:
        for intent in _waiting(open_books, asked):
            done += paying.settle(open_books, intent, outcome=asked.get("outcome", ""))
    return {"settled": done}


def open_dispute(sandbox: Sandbox, asked: Json) -> Json:
    with sandbox.books() as open_books:
        intent = open_books.get("payment_intent", asked["payment_intent"])
        return disputing.open_one(
            open_books,
            intent,
            status=asked.get("status", "needs_response"),
            reason=asked.get("reason", "fraudulent"),
            amount=asked.get("amount"),
        )


def end_dispute(sandbox: Sandbox, asked: Json, which: str) -> Json:
    with sandbox.books() as open_books:
        dispute = open_books.get("dispute", which)
        status = asked.get("outcome") or asked["status"]
        return disputing.change(open_books, dispute, status=status)


def pay_out(sandbox: Sandbox, asked: Json) -> Json:
    with sandbox.books() as open_books:
        return {"payouts": payouts.create(open_books, status=asked.get("status", "paid"))}


def end_payout(sandbox: Sandbox, asked: Json, which: str) -> Json:
    with sandbox.books() as open_books:
        payout = open_books.get("payout", which)
        if asked["status"] == "paid":
            return payouts.arrive(open_books, payout)
        return payouts.fail(open_books, payout, code=asked.get("code", "account_closed"))


def end_refund(sandbox: Sandbox, asked: Json, which: str) -> Json:
    with sandbox.books() as open_books:
        refund = open_books.get("refund", which)
        if asked["status"] == "succeeded":
            return refunding.succeed(open_books, refund)
        reason = asked.get("reason", "expired_or_canceled_card")
        return refunding.fail(open_books, refund, reason=reason)


def deliver(sandbox: Sandbox, asked: Json) -> Json:
    """Send all waiting webhooks now, each once; {"shuffle": true} in any order."""
    return dict(sandbox.sender.deliver(shuffled=bool(asked.get("shuffle"))))


def _waiting(open_books: Books, asked: Json) -> list[Json]:
    if "payment_intent" in asked:
        return [open_books.get("payment_intent", asked["payment_intent"])]
    if not asked.get("all"):
        return []
    return [
        intent for intent in open_books.all_of("payment_intent") if intent["status"] == "processing"
    ]


def _paid(open_books: Books, session: str, result: paying.Result) -> Json:
    found = open_books.get("checkout.session", session)
    return {
        "state": result.state,
        "message": result.words,
        "session": session,
        "payment_intent": found["payment_intent"],
    }


ONE = "([A-Za-z0-9_]+)"
SWITCHES: list[tuple[str, str, Switch]] = [
    ("GET", "/_sandbox/books", books),
    ("GET", "/_sandbox/faults", show_faults),
    ("POST", "/_sandbox/faults", set_faults),
    ("POST", "/_sandbox/clock", clock),
    ("POST", "/_sandbox/pay", pay),
    ("POST", "/_sandbox/settle", settle),
    ("POST", "/_sandbox/disputes", open_dispute),
    ("POST", f"/_sandbox/disputes/{ONE}", end_dispute),
    ("POST", "/_sandbox/payouts", pay_out),
    ("POST", f"/_sandbox/payouts/{ONE}", end_payout),
    ("POST", f"/_sandbox/refunds/{ONE}", end_refund),
    ("POST", "/_sandbox/deliver", deliver),
]
