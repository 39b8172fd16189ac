"""Balance transactions: every movement of the merchant's balance, and the fees."""

from __future__ import annotations

from payments.sandbox import ids
from payments.sandbox.books import Books, Json

DISPUTE_FEE = 1500
BANK_CAP = 500


def fee_of(kind: str, amount: int) -> int:
    """Return the fee in minor units: cards 2.9 % + 30, bank debits 0.8 % and at most 500."""
    if kind == "card":
        return (amount * 29 + 500) // 1000 + 30
    return min(BANK_CAP, (amount * 8 + 500) // 1000)


def move(
    books: Books,
    kind: str,
    *,
    amount: int,
    currency: str,
    source: str,
    category: str = "",
    fee: int = 0,
    words: str = "",
) -> Json:
    """Keep one movement; `amount` is signed, `net` is amount less fee. All of it is available."""
    details = [
        {
            "amount": fee,
            "application": None,
            "currency": currency,
            "description": "Dispute fee" if category == "dispute" else "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]
    return books.add(
        {
            "id": ids.new("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": books.now,
            "balance_type": "payments",
            "created": books.now,
            "currency": currency,
            "description": words or None,
            "exchange_rate": None,
            "fee": fee,
            "fee_details": details if fee else [],
            "net": amount - fee,
            "reporting_category": category or kind,
            "source": source,
            "status": "available",
            "type": kind,
        }
    )
