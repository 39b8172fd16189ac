"""Payouts: the balance goes to the merchant's bank, and sometimes comes back."""

from __future__ import annotations

from payments.sandbox import ids
from payments.sandbox.books import Books, Json
from payments.sandbox.effects import money
from payments.sandbox.errors import refused


def unpaid(books: Books) -> dict[str, list[Json]]:
    """Return, per currency, the balance transactions that no payout has taken."""
    rows = books.connection.execute(
        "SELECT id FROM objects WHERE kind = 'balance_transaction' AND parent IS NULL ORDER BY seq"
    ).fetchall()
    found: dict[str, list[Json]] = {}
    for (which,) in rows:
        moved = books.get("balance_transaction", which)
        found.setdefault(moved["currency"], []).append(moved)
    return found


def create(books: Books, *, status: str = "paid") -> list[Json]:
    """Pay out what is available, one payout for each currency above zero."""
    made = []
    for currency, moves in unpaid(books).items():
        total = sum(move["net"] for move in moves)
        if total > 0:
            made.append(_one(books, moves, currency=currency, total=total, status=status))
    return made


def arrive(books: Books, payout: Json) -> Json:
    """Say that a payout on its way has arrived.

    :raises ApiError: if it is not on its way
    """
    if payout["status"] not in {"pending", "in_transit"}:
        raise refused(f"A payout that is {payout['status']} cannot become paid.")
    payout |= {"status": "paid", "reconciliation_status": "completed"}
    books.save(payout)
    books.emit("payout.paid", payout)
    books.emit("payout.reconciliation_completed", payout)
    return payout


def fail(books: Books, payout: Json, *, code: str = "account_closed") -> Json:
    """Bring a payout back to the balance; possible even after it was paid.

    :raises ApiError: if it failed already
    """
    if payout["status"] in {"failed", "canceled"}:
        raise refused(f"A payout that is {payout['status']} cannot become failed.")
    moved = money.move(
        books,
        "payout_failure",
        amount=payout["amount"],
        currency=payout["currency"],
        source=payout["id"],
        category="payout_reversal",
        words="PAYOUT FAILURE",
    )
    payout |= {
        "status": "failed",
        "failure_balance_transaction": moved["id"],
        "failure_code": code,
        "failure_message": "The bank account could not take the payout.",
    }
    books.save(payout)
    books.emit("payout.failed", payout)
    return payout


def _one(books: Books, moves: list[Json], *, currency: str, total: int, status: str) -> Json:
    payout = books.add(_payout(books, total, currency))
    own = money.move(
        books,
        "payout",
        amount=-total,
        currency=currency,
        source=payout["id"],
        words="STRIPE PAYOUT",
    )
    payout["balance_transaction"] = own["id"]
    for move in [*moves, own]:
        books.tie(move, payout["id"])
    books.save(payout)
    books.emit("payout.created", payout)
    return arrive(books, payout) if status == "paid" else payout


def _payout(books: Books, total: int, currency: str) -> Json:
    return {
        "id": ids.new("po"),
        "object": "payout",
        "amount": total,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": books.now,
        "automatic": True,
        "balance_transaction": None,
        "created": books.now,
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": None,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "in_progress",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "in_transit",
        "trace_id": None,
        "type": "bank_account",
    }
