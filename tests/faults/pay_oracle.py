"""Our books of payments and the sandbox's, compared in plain SQL and JSON.

Imports nothing of the product. The same questions go to PostgreSQL and SQLite.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Ask = Callable[[str], list[tuple[Any, ...]]]
Books = dict[str, list[dict[str, Any]]]
Intended = Mapping[tuple[str, str], int]  # (account, statement's key or "") -> sum to be paid once

WAITING = ("created", "submitting", "unknown")
DISPUTES = {"needs_response": "open", "under_review": "open", "won": "won", "lost": "lost"}
REFUNDS = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}
GIVEN_BACK = "'approved','submitting','unknown','pending','succeeded'"


def differences(ask: Ask, books: Books) -> list[str]:
    """Return every way in which our books differ from the sandbox's, or from themselves."""
    return [
        *_payments(ask, books),
        *_clearing(ask, books),
        *_refunds(ask, books),
        *_disputes(ask, books),
        *_payouts(ask, books),
        *_entries(ask),
        *_accounts(ask),
        *_statements(ask),
    ]


def overcharged(books: Books, intended: Intended) -> list[str]:
    """Return who paid another sum than intended, by the sandbox's books alone."""
    paid: Counter[tuple[str, str]] = Counter()
    times: Counter[str] = Counter()
    for intent in _succeeded(books):
        meta = intent["metadata"]
        paid[meta.get("account", ""), meta.get("statement", "")] += intent["amount_received"]
        times[meta.get("attempt", "")] += 1
    wrong = [
        f"{who} paid {paid[who]} instead of {intended.get(who, 0)}"
        for who in sorted({*paid, *intended})
        if paid[who] != intended.get(who, 0)
    ]
    return wrong + [f"attempt {which} paid {n} times" for which, n in times.items() if n > 1]


def received(books: Books) -> int:
    """Return what the sandbox has taken from customers, in minor units."""
    return sum(intent["amount_received"] for intent in _succeeded(books))


def unfinished(ask: Ask) -> list[str]:
    """Return what somebody must still do: workers, janitor, or a person."""
    found = []
    for what, sql in UNFINISHED.items():
        [(count,)] = ask(sql)
        if count:
            found.append(f"{count} {what}")
    return found


UNFINISHED = {
    "attempts without an answer": "SELECT count(*) FROM payments_paymentattempt "
    "WHERE state IN ('created', 'submitting', 'unknown')",
    "attempts on their way": "SELECT count(*) FROM payments_paymentattempt "
    "WHERE state IN ('open', 'requires_action', 'processing')",
    "events to be worked off": "SELECT count(*) FROM payments_providerevent "
    "WHERE state = 'received'",
    "dead events": "SELECT count(*) FROM payments_providerevent WHERE state = 'dead'",
    "refunds on their way": "SELECT count(*) FROM payments_refund "
    "WHERE state IN ('approved', 'submitting', 'unknown', 'pending')",
    "notices to be sent": "SELECT count(*) FROM notifications_delivery WHERE state IN ('pending', 'sending')",
}


def open_cases(ask: Ask) -> dict[str, int]:
    """Return how many cases of each kind wait for a person."""
    return dict(
        ask("SELECT kind, count(*) FROM payments_paymentcase WHERE state = 'open' GROUP BY kind")
    )


def _succeeded(books: Books) -> list[dict[str, Any]]:
    return [intent for intent in books["payment_intents"] if intent["status"] == "succeeded"]


# --- each thing in both books


def _payments(ask: Ask, books: Books) -> list[str]:
    """Each succeeded intent is one cash entry and one receipt, of that amount and account."""
    theirs = {
        i["id"]: (i["metadata"].get("account", ""), i["amount_received"], i["currency"].upper())
        for i in _succeeded(books)
    }
    entries = ask(
        "SELECT e.source_key, o.number, p.amount, p.currency FROM ledger_entry e "
        "JOIN ledger_posting p ON p.entry_id = e.id "
        "JOIN ledger_account a ON a.id = p.account_id AND a.kind = 'stripe_clearing' "
        "JOIN ledger_posting c ON c.entry_id = e.id AND c.amount = -p.amount "
        "JOIN ledger_account r ON r.id = c.account_id AND r.kind = 'receivable' "
        "JOIN accounts_customeraccount o ON o.id = r.account_id "
        "WHERE e.event_type = 'payment.received' AND e.state = 'posted'"
    )
    receipts = ask(
        "SELECT p.intent_id, o.number, p.amount_minor, p.currency FROM payments_payment p "
        "JOIN accounts_customeraccount o ON o.id = p.account_id "
        "WHERE p.intent_id IS NOT NULL AND p.state = 'recorded'"
    )
    booked = [(key.removeprefix("pi:").removesuffix(":ok"), *rest) for key, *rest in entries]
    return [*_same("entry", booked, theirs), *_same("receipt", receipts, theirs)]


def _same(what: str, rows: Iterable[Any], theirs: Mapping[str, Any]) -> list[str]:
    """Return where rows of (key, ...) are not exactly the other side's, each once."""
    found = [(key, tuple(rest)) for key, *rest in rows]
    ours = dict(found)
    twice = [key for key, n in Counter(key for key, _ in found).items() if n > 1]
    return [
        *(f"{what} of {key} twice" for key in twice),
        *(
            f"{what} of {key}: ours {ours.get(key)}, theirs {theirs.get(key)}"
            for key in sorted({*ours, *theirs})
            if ours.get(key) != theirs.get(key)
        ),
    ]


def _clearing(ask: Ask, books: Books) -> list[str]:
    """Our account at the provider holds the sum of its movements, and so do both kinds of fees."""
    moved = books["balance_transactions"]
    of_disputes = [each for each in moved if each["type"] == "adjustment"]
    sums = {
        "stripe_clearing": sum(each["net"] for each in moved),
        "dispute_fees": sum(each["fee"] for each in of_disputes),
        "psp_fees": sum(each["fee"] for each in moved) - sum(each["fee"] for each in of_disputes),
    }
    return [
        f"{kind}: ours {_sum(ask, kind)}, theirs {theirs}"
        for kind, theirs in sums.items()
        if _sum(ask, kind) != theirs
    ]


def _sum(ask: Ask, kind: str) -> int:
    [(found,)] = ask(
        "SELECT coalesce(sum(p.amount), 0) FROM ledger_posting p "
        f"JOIN ledger_account a ON a.id = p.account_id WHERE a.kind = '{kind}'"
    )
    return int(found)


def _refunds(ask: Ask, books: Books) -> list[str]:
    theirs = {
        each["id"]: (
            each["payment_intent"],
            each["amount"],
            REFUNDS.get(each["status"], "pending"),
        )
        for each in books["refunds"]
    }
    ours = ask(
        "SELECT r.provider_id, p.intent_id, r.amount_minor, r.state FROM payments_refund r "
        "JOIN payments_payment p ON p.id = r.payment_id WHERE r.provider_id IS NOT NULL"
    )
    [(owed,)] = ask(
        "SELECT coalesce(sum(amount_minor), 0) FROM payments_refund "
        "WHERE state IN ('approved', 'submitting', 'unknown', 'pending')"
    )
    payable = -_sum(ask, "refunds_payable")
    wrong = [] if payable == int(owed) else [f"refunds payable {payable}, owed {owed}"]
    return [*wrong, *_same("refund", ours, theirs)]


def _disputes(ask: Ask, books: Books) -> list[str]:
    theirs = {
        each["id"]: (
            each["payment_intent"],
            each["amount"],
            DISPUTES.get(each["status"], "inquiry"),
        )
        for each in books["disputes"]
    }
    rows = ask("SELECT provider_id, intent_id, amount_minor, state FROM payments_chargeback")
    return _same("dispute", rows, theirs)


def _payouts(ask: Ask, books: Books) -> list[str]:
    sent = sum(
        each["amount"] for each in books["payouts"] if each["status"] not in ("failed", "canceled")
    )
    bank = _sum(ask, "bank")
    return [] if bank == sent else [f"payouts: ours {bank}, theirs {sent}"]


# --- our books by themselves


def _entries(ask: Ask) -> list[str]:
    unbalanced = ask(
        "SELECT e.source_key, sum(p.amount) FROM ledger_entry e "
        "JOIN ledger_posting p ON p.entry_id = e.id "
        "GROUP BY e.id, e.source_key HAVING sum(p.amount) <> 0"
    )
    drafts = ask("SELECT source_key FROM ledger_entry WHERE state <> 'posted'")
    return [
        *(f"entry {key} is off by {amount}" for key, amount in unbalanced),
        *(f"entry {key} is a draft" for (key,) in drafts),
    ]


OWED = {  # what an account must owe, told by the tables and not by the ledger
    "SELECT account_id, total_minor FROM statements_statement WHERE state = 'issued'": 1,
    "SELECT s.account_id, f.amount_minor FROM payments_latefee f "
    "JOIN statements_statement s ON s.id = f.statement_id WHERE f.state = 'charged'": 1,
    "SELECT account_id, amount_minor FROM payments_payment WHERE state = 'recorded'": -1,
    "SELECT p.account_id, r.amount_minor FROM payments_refund r JOIN payments_payment p "
    f"ON p.id = r.payment_id WHERE r.state IN ({GIVEN_BACK})": 1,
    "SELECT p.account_id, c.amount_minor FROM payments_chargeback c JOIN payments_payment p "
    "ON p.id = c.payment_id WHERE c.state = 'lost'": 1,
}


def _accounts(ask: Ask) -> list[str]:
    """Each account owes what was billed, less what came, plus what went back; nothing is left over.

    Nobody has both an open bill and money that pays nothing.
    """
    expected: Counter[int] = Counter()
    for sql, sign in OWED.items():
        for account, amount in ask(sql):
            expected[account] += sign * amount
    stands = ask(
        "SELECT a.account_id, sum(p.amount) FROM ledger_posting p "
        "JOIN ledger_account a ON a.id = p.account_id "
        "WHERE a.kind = 'receivable' GROUP BY a.account_id"
    )
    owed = Counter({account: int(amount) for account, amount in stands})
    kept = ask("SELECT account_id, balance_minor, available_credit FROM ledger_balance")
    return [
        *(
            f"account {key} owes {owed[key]}, by its bills and payments {expected[key]}"
            for key in sorted({*owed, *expected})
            if owed[key] != expected[key]
        ),
        *(
            f"account {key} is kept at {balance}/{credit}, its postings say {owed[key]}"
            for key, balance, credit in kept
            if balance != owed[key] or (credit and balance + credit)
        ),
    ]


def _statements(ask: Ask) -> list[str]:
    """No debt is paid more than once over, no credit is spent twice, and the rest is the balance."""
    live = (
        "SELECT x.{side}_id AS posting, sum(x.amount) AS amount FROM ledger_allocation x "
        "WHERE x.reverses_id IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM ledger_allocation y WHERE y.reverses_id = x.id) GROUP BY x.{side}_id"
    )
    wrong = []
    for side, sign in (("debit", 1), ("credit", -1)):
        rows = ask(
            f"SELECT e.source_key, p.amount, l.amount FROM ({live.format(side=side)}) l "
            "JOIN ledger_posting p ON p.id = l.posting JOIN ledger_entry e ON e.id = p.entry_id"
        )
        wrong += [
            f"{side} {key} of {amount} is used for {used}"
            for key, amount, used in rows
            if not 0 <= used <= sign * amount
        ]
    return wrong
