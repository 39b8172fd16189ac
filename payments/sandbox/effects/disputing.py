"""Disputes: inquiries, chargebacks, and bank debits that come back."""

from __future__ import annotations

from payments.sandbox import ids
from payments.sandbox.books import Books, Json
from payments.sandbox.effects import money
from payments.sandbox.errors import refused

INQUIRIES = {"warning_needs_response", "warning_under_review", "warning_closed"}
OPEN = {"needs_response", "under_review"}
STATUSES = INQUIRIES | OPEN | {"won", "lost"}
ANSWER_DAYS = 7


def open_one(
    books: Books,
    intent: Json,
    *,
    status: str = "needs_response",
    reason: str = "fraudulent",
    amount: int | None = None,
) -> Json:
    """Open a dispute; unless it is an inquiry the money leaves the balance, with a fee.

    `status` "lost" is a returned bank debit, final at once. Without `amount` it is about all
    that was not refunded.
    :raises ApiError: if nothing was paid, or the amount is above what was
    """
    charge = _charge(books, intent)
    asked = charge["amount"] - charge["amount_refunded"] if amount is None else amount
    if not 0 < asked <= charge["amount"]:
        raise refused("A dispute is above zero and at most the charge.", param="amount")
    dispute = books.add(_dispute(books, intent, charge, status=status, reason=reason, amount=asked))
    charge["disputed"] = True
    books.save(charge)
    books.emit("charge.dispute.created", dispute)
    if status not in INQUIRIES:
        withdraw(books, dispute)
    if status == "lost":
        books.emit("charge.dispute.closed", dispute)
    return dispute


def withdraw(books: Books, dispute: Json) -> None:
    """Take the disputed amount and the fee from the balance."""
    _adjust(books, dispute, -dispute["amount"], "dispute", fee=money.DISPUTE_FEE)
    dispute["is_charge_refundable"] = False
    books.save(dispute)
    books.emit("charge.dispute.funds_withdrawn", dispute)


def change(books: Books, dispute: Json, *, status: str) -> Json:
    """Move an open dispute on: an inquiry may become a chargeback or be closed.

    :raises ApiError: if it has ended, or the status does not follow
    """
    if status not in STATUSES or dispute["status"] in {"won", "lost", "warning_closed"}:
        raise refused(f"A dispute that is {dispute['status']} cannot become {status}.")
    was_inquiry = dispute["status"] in INQUIRIES
    if status in INQUIRIES and not was_inquiry:
        raise refused("A chargeback cannot become an inquiry.")
    before = dispute["status"]
    dispute["status"] = status
    books.save(dispute)
    if was_inquiry and status not in INQUIRIES:
        withdraw(books, dispute)
    if status in {"won", "lost", "warning_closed"}:
        _close(books, dispute)
    else:
        books.emit("charge.dispute.updated", dispute, previously={"status": before})
    return dispute


def _close(books: Books, dispute: Json) -> None:
    if dispute["status"] == "won":
        _adjust(books, dispute, dispute["amount"], "dispute_reversal")
        books.emit("charge.dispute.funds_reinstated", dispute)
    books.emit("charge.dispute.closed", dispute)


def _adjust(books: Books, dispute: Json, amount: int, category: str, *, fee: int = 0) -> None:
    moved = money.move(
        books,
        "adjustment",
        amount=amount,
        currency=dispute["currency"],
        source=dispute["id"],
        category=category,
        fee=fee,
        words=f"Chargeback {'withdrawal' if amount < 0 else 'reversal'} for {dispute['charge']}",
    )
    dispute["balance_transactions"] = [*dispute["balance_transactions"], moved]
    books.save(dispute)


def _charge(books: Books, intent: Json) -> Json:
    if intent["status"] != "succeeded":
        raise refused("Only a payment that succeeded can be disputed.")
    return books.get("charge", intent["latest_charge"])


def _dispute(
    books: Books, intent: Json, charge: Json, *, status: str, reason: str, amount: int
) -> Json:
    if status not in STATUSES - {"won", "warning_closed"}:
        raise refused(f"A dispute cannot begin as {status}.", param="status")
    return {
        "id": ids.new("du"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": books.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {},
        "evidence_details": {
            "due_by": None if status == "lost" else books.now + ANSWER_DAYS * 86400,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": status in INQUIRIES,
        "livemode": False,
        "metadata": {},
        "payment_intent": intent["id"],
        "payment_method_details": _means(charge),
        "reason": reason,
        "status": status,
    }


def _means(charge: Json) -> Json:
    details = charge["payment_method_details"]
    if details["type"] != "card":
        return {"type": details["type"]}
    card = {"brand": details["card"]["brand"], "network_reason_code": "10.4"}
    return {"type": "card", "card": card | {"case_type": "chargeback"}}
