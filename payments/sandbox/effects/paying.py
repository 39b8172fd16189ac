"""Paying a session: what the hosted page and `POST /_sandbox/pay` both do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from payments.sandbox import ids
from payments.sandbox.books import Books, Json
from payments.sandbox.effects import charges, disputing, intents, sessions
from payments.sandbox.effects.means import LIVE, WORDS, Means, Outcome

BANK_DAYS = 4
RETURN_DAYS = 2
DAY = 86400
BANK_WORDS = {
    "insufficient_funds": "The customer's account has insufficient funds to cover this payment.",
    "account_closed": "The customer's bank account has been closed.",
    "no_account": "The customer's bank account could not be located.",
    "debit_not_authorized": "The customer has notified their bank that this payment was "
    "unauthorized.",
}
UNPROVEN = (
    "We are unable to authenticate your payment method. Please choose a different payment "
    "method and try again."
)


class Closed(Exception):
    """The session is not open any more."""

    def __init__(self) -> None:
        super().__init__("This session is not open any more.")


class NotOffered(ValueError):
    """The session does not take this kind of payment."""


@dataclass(frozen=True)
class Result:
    """What the customer is told: `paid`, `processing`, `asks` or `declined` with words."""

    state: str
    words: str = ""


@dataclass(frozen=True)
class Payer:
    """Who pays, as typed on the page."""

    email: str = ""
    name: str = ""


def pay(
    books: Books,
    session: Json,
    means: Means,
    payer: Payer,
    *,
    public_url: str,
    fault: dict[str, Any] | None = None,
) -> Result:
    """Try to pay an open session.

    :raises Closed: if it is complete or has expired
    :raises NotOffered: if it does not take this kind of payment
    """
    if session["status"] != "open" or sessions.is_over(session):
        raise Closed
    if means.kind not in session["payment_method_types"]:
        raise NotOffered(f"This session does not take {means.kind}.")
    email = payer.email or session["customer_email"] or ""
    intent = _intent(books, session, email=email, fault=fault)
    intent["payment_method"] = ids.new("pm")
    if means.outcome.does == "asks":
        _hold(books, intent, means, payer)
        intents.ask(books, intent, f"{public_url}/c/auth/{session['id']}")
        return Result("asks")
    charge = charges.begin(
        books, intent, means, email=email, name=payer.name, public_url=public_url
    )
    customer = _customer(email, payer.name)
    if means.kind == "card":
        return _by_card(books, session, intent, charge, means, customer)
    return _by_bank(books, session, intent, charge, means, customer)


def prove(books: Books, session: Json, *, proven: bool, public_url: str) -> Result:
    """End the confirmation that a card asked for.

    :raises Closed: if nothing waits for one
    """
    if session["status"] != "open" or not session["payment_intent"]:
        raise Closed
    intent = books.get("payment_intent", session["payment_intent"])
    if intent["status"] != "requires_action":
        raise Closed
    means, payer = _held(books, intent)
    if not proven:
        error = intents.error_of(
            means,
            intent["payment_method"],
            code="payment_intent_authentication_failure",
            words=UNPROVEN,
            charge=None,
        )
        intents.fail(books, intent, error, charge=None)
        return Result("declined", UNPROVEN)
    charge = charges.begin(
        books, intent, means, email=payer.email, name=payer.name, public_url=public_url
    )
    return _by_card(books, session, intent, charge, means, _customer(payer.email, payer.name))


def settle(books: Books, intent: Json, *, outcome: str = "") -> bool:
    """Bring a bank debit to its result; `outcome` ("pays", "fails") overrules its number.

    Returns whether it was waiting.
    """
    if intent["status"] != "processing":
        return False
    books.drop_jobs(intent["id"], "settle")
    charge = books.get("charge", intent["latest_charge"])
    does = outcome or books.noted(intent["id"], "does")
    session = sessions.of_intent(books, intent)
    if does == "fails":
        _bounce(books, intent, charge)
    else:
        charges.succeed(books, charge)
        intents.succeed(books, intent, charge)
        if does == "disputes":
            books.later("return", intent["id"], seconds=RETURN_DAYS * DAY)
    sessions.settle(books, session, paid=does != "fails")
    if does != "fails":
        charges.tell_balance(books, charge)
    return True


def give_back(books: Books, intent: Json) -> None:
    """Have the bank return a debit that had succeeded: a dispute that is lost at once."""
    reason = books.noted(intent["id"], "code") or "insufficient_funds"
    disputing.open_one(books, intent, status="lost", reason=reason)


def _by_card(
    books: Books, session: Json, intent: Json, charge: Json, means: Means, customer: Json
) -> Result:
    if means.outcome.does == "declines":
        return _decline(books, intent, charge, means)
    charges.succeed(books, charge)
    intents.succeed(books, intent, charge)
    sessions.complete(books, session, paid=True, customer=customer)
    charges.tell_balance(books, charge)
    if means.outcome.does == "disputes":
        books.later("dispute", intent["id"], seconds=0)
    return Result("paid")


def _decline(books: Books, intent: Json, charge: Json, means: Means) -> Result:
    code = means.outcome.code
    words = WORDS.get(means.outcome.decline or code, LIVE)
    charges.fail(books, charge, code=code, words=words)
    error = intents.error_of(
        means, intent["payment_method"], code=code, words=words, charge=charge["id"]
    )
    intents.fail(books, intent, error, charge=charge)
    return Result("declined", words)


def _by_bank(
    books: Books, session: Json, intent: Json, charge: Json, means: Means, customer: Json
) -> Result:
    books.note(intent["id"], "does", means.outcome.does)
    books.note(intent["id"], "code", means.outcome.code)
    books.note(intent["id"], "kind", means.kind)
    books.emit("charge.pending", charge)
    intents.process(books, intent, charge)
    sessions.complete(books, session, paid=False, customer=customer)
    books.later("settle", intent["id"], seconds=BANK_DAYS * DAY)
    return Result("processing")


def _bounce(books: Books, intent: Json, charge: Json) -> None:
    code = books.noted(intent["id"], "code") or "insufficient_funds"
    words = BANK_WORDS[code]
    charges.fail(books, charge, code=code, words=words)
    details = charge["payment_method_details"]
    error = {
        "type": "invalid_request_error",
        "code": "payment_intent_payment_attempt_failed",
        "decline_code": code,
        "message": words,
        "charge": charge["id"],
        "payment_method": {
            "id": intent["payment_method"],
            "object": "payment_method",
            "type": details["type"],
        },
    }
    intents.fail(books, intent, error, charge=charge)


def _intent(books: Books, session: Json, *, email: str, fault: dict[str, Any] | None) -> Json:
    if session["payment_intent"]:
        intent = books.get("payment_intent", session["payment_intent"])
    else:
        intent = intents.create(books, session, email=email)
    if fault and fault["kind"] == "partial_amount":
        takes = int(fault.get("amount") or session["amount_total"] // 2)
        books.note(intent["id"], "takes", str(takes))
    if fault and fault["kind"] == "other_currency":
        intent["currency"] = fault.get("currency") or _other(session["currency"])
    return intent


def _other(currency: str) -> str:
    return "eur" if currency != "eur" else "usd"


def _customer(email: str, name: str) -> Json:
    return {
        "address": {"country": "US", "postal_code": None},
        "email": email or None,
        "name": name or None,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }


def _hold(books: Books, intent: Json, means: Means, payer: Payer) -> None:
    """Keep what the charge will need after the confirmation; never the number."""
    for name, value in (
        ("brand", means.brand),
        ("last4", means.last4),
        ("email", payer.email),
        ("name", payer.name),
    ):
        books.note(intent["id"], f"held {name}", value)


def _held(books: Books, intent: Json) -> tuple[Means, Payer]:
    brand, last4, email, name = (
        books.noted(intent["id"], f"held {part}") for part in ("brand", "last4", "email", "name")
    )
    return Means("card", brand, last4, Outcome("pays", "is paid")), Payer(email, name)
