"""Refunds: money back, at once for a card, after days for a bank debit; either may fail later."""

from __future__ import annotations

from typing import Any

from payments.sandbox import ids
from payments.sandbox.books import Books, Json
from payments.sandbox.effects import money
from payments.sandbox.errors import refused

DAY = 86400
BANK_DAYS = 5
FAIL_DAYS = 1
BLOCKING = {"needs_response", "under_review", "lost"}
SIGNS = {"usd": "$", "eur": "€", "gbp": "£"}


def create(
    books: Books, charge: Json, *, amount: int | None, reason: str | None, metadata: Any
) -> Json:
    """Refund all that is left of a charge, or `amount` of it.

    :raises ApiError: above what is left, on a disputed or unpaid charge
    """
    left = charge["amount_captured"] - charge["amount_refunded"]
    asked = left if amount is None else amount
    _check(books, charge, asked=asked, left=left)
    by_card = charge["payment_method_details"]["type"] == "card"
    how = books.noted(charge["id"], "refund")
    pending = not by_card or how == "later"
    refund = books.add(
        _refund(books, charge, asked, reason, metadata, "pending" if pending else "succeeded")
    )
    moved = money.move(
        books,
        "refund" if by_card else "payment_refund",
        amount=-asked,
        currency=charge["currency"],
        source=refund["id"],
        category="refund",
        words=f"REFUND FOR {charge['id']}",
    )
    refund["balance_transaction"] = moved["id"]
    books.save(refund)
    _count(books, charge, asked)
    books.emit("refund.created", refund)
    books.emit("charge.refunded", charge)
    if how == "fails":
        books.later("fail refund", refund["id"], seconds=FAIL_DAYS * DAY)
    elif pending:
        books.later("end refund", refund["id"], seconds=BANK_DAYS * DAY)
    return refund


def succeed(books: Books, refund: Json) -> Json:
    """Say that a pending refund arrived.

    :raises ApiError: if it is not pending
    """
    if refund["status"] != "pending":
        raise refused(f"A refund that is {refund['status']} cannot become succeeded.")
    return _update(books, refund, status="succeeded")


def fail(books: Books, refund: Json, *, reason: str = "expired_or_canceled_card") -> Json:
    """Bring the money back to the balance; possible even after it had succeeded.

    :raises ApiError: if it failed or was canceled already
    """
    if refund["status"] not in {"pending", "succeeded"}:
        raise refused(f"A refund that is {refund['status']} cannot become failed.")
    _reverse(books, refund)
    _update(books, refund, status="failed", failure_reason=reason)
    books.emit("refund.failed", refund)
    return refund


def cancel(books: Books, refund: Json) -> Json:
    """Take back a refund that is still pending.

    :raises ApiError: otherwise
    """
    if refund["status"] not in {"pending", "requires_action"}:
        raise refused(
            f"This refund has a status of {refund['status']} and cannot be canceled.",
            code="refund_not_cancelable",
        )
    _reverse(books, refund)
    return _update(books, refund, status="canceled")


def _check(books: Books, charge: Json, *, asked: int, left: int) -> None:
    which = charge["id"]
    if not charge["paid"]:
        raise refused(f"Charge {which} has not been captured, so it cannot be refunded.")
    if any(
        dispute["charge"] == which and dispute["status"] in BLOCKING
        for dispute in books.of(charge["payment_intent"], "dispute")
    ):
        raise refused(
            f"Charge {which} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    if left == 0:
        raise refused(f"Charge {which} has already been refunded.", code="charge_already_refunded")
    if asked > left:
        currency = charge["currency"]
        raise refused(
            f"Refund amount ({_said(asked, currency)}) is greater than unrefunded amount on "
            f"charge ({_said(left, currency)})",
            param="amount",
        )


def _said(amount: int, currency: str) -> str:
    sign = SIGNS.get(currency, f"{currency.upper()} ")
    return f"{sign}{amount // 100:,}.{amount % 100:02}"


def _refund(
    books: Books, charge: Json, amount: int, reason: str | None, metadata: Any, status: str
) -> Json:
    kind = charge["payment_method_details"]["type"]
    details: Json = {"type": kind}
    if kind == "card":
        details["card"] = {
            "reference": None,
            "reference_status": "pending",
            "reference_type": "acquirer_reference_number",
            "type": "refund",
        }
    return {
        "id": ids.new("re" if kind == "card" else "pyr"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": books.now,
        "currency": charge["currency"],
        "destination_details": details,
        "failure_balance_transaction": None,
        "metadata": metadata,
        "payment_intent": charge["payment_intent"],
        "pending_reason": "processing" if status == "pending" else None,
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": status,
        "transfer_reversal": None,
    }


def _reverse(books: Books, refund: Json) -> None:
    moved = money.move(
        books,
        "refund_failure",
        amount=refund["amount"],
        currency=refund["currency"],
        source=refund["id"],
        category="refund_failure",
        words=f"REFUND FAILURE FOR {refund['id']}",
    )
    refund["failure_balance_transaction"] = moved["id"]
    _count(books, books.get("charge", refund["charge"]), -refund["amount"])


def _count(books: Books, charge: Json, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    books.save(charge)


def _update(books: Books, refund: Json, **changes: Any) -> Json:
    before = {name: refund.get(name) for name in changes}
    refund |= changes | {"pending_reason": None}
    books.save(refund)
    for work in ("end refund", "fail refund"):
        if refund["status"] != "succeeded" or work == "end refund":
            books.drop_jobs(refund["id"], work)
    books.emit("refund.updated", refund, previously=before)
    books.emit("charge.refund.updated", refund, previously=before)
    return refund
