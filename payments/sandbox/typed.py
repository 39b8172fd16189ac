"""What was typed on the hosted page: read, checked, and told apart by field."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from payments.sandbox import clock
from payments.sandbox.books import Json
from payments.sandbox.effects import means
from payments.sandbox.forms import decode
from payments.sandbox.http_answers import Request

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def of(request: Request) -> dict[str, str]:
    """Return the plain fields of a form or of a query."""
    found = decode(request.text if request.method == "POST" else request.query)
    return {name: value for name, value in found.items() if isinstance(value, str)}


def read(session: Json, typed: dict[str, str]) -> tuple[dict[str, str], means.Means | None]:
    """Return what is wrong by field, and how it is to be paid."""
    wrong: dict[str, str] = {}
    kind = kind_of(session, typed)
    if not EMAIL.fullmatch(typed.get("email", "").strip()):
        wrong["email"] = "Enter an e-mail address, such as name@example.org."
    if not typed.get("name", "").strip():
        wrong["name"] = "Enter the name of the account or card."
    try:
        chosen = _means(kind, typed)
    except means.NotTaken as error:
        wrong[error.field] = str(error)
        chosen = None
    if kind == "card":
        wrong |= _card_wrong(typed)
    return wrong, chosen


def _means(kind: str, typed: dict[str, str]) -> means.Means:
    if kind == "card":
        return means.card(typed.get("card", ""))
    if kind == "sepa_debit":
        return means.iban(typed.get("iban", ""))
    return means.bank(typed.get("account", ""), typed.get("routing", ""))


def _card_wrong(typed: dict[str, str]) -> dict[str, str]:
    wrong = {}
    expiry = re.fullmatch(r"\s*(0?[1-9]|1[0-2])\s*/\s*(?:20)?(\d\d)\s*", typed.get("expiry", ""))
    today = datetime.fromtimestamp(clock.real(), UTC)
    if not expiry:
        wrong["expiry"] = "Enter the expiry date as month and year, such as 12/34."
    elif (2000 + int(expiry[2]), int(expiry[1])) < (today.year, today.month):
        wrong["expiry"] = "This card has expired. Use another."
    if not re.fullmatch(r"\s*\d{3,4}\s*", typed.get("cvc", "")):
        wrong["cvc"] = "Enter the 3 or 4 digits of the security code."
    return wrong


def kind_of(session: Json, typed: dict[str, str]) -> str:
    """Return the way to pay that was chosen, or the first that is offered."""
    offered = session["payment_method_types"]
    return typed["with"] if typed.get("with") in offered else str(offered[0])
