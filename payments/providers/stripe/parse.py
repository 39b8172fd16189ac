"""Stripe's objects, as plain JSON, to plain values. What is unlike them is refused, not guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from payments.gateway import (
    BalanceView,
    ChargeView,
    DisputeView,
    IntentView,
    PayoutView,
    RefundView,
    SessionView,
)

PREFIXES = {
    "checkout.session": ("cs_",),
    "payment_intent": ("pi_",),
    "charge": ("ch_", "py_"),
    "refund": ("re_", "pyr_"),
    "dispute": ("du_", "dp_"),
    "payout": ("po_",),
    "balance_transaction": ("txn_",),
}
ID = re.compile(r"[A-Za-z]{2,5}_[A-Za-z0-9_]{1,100}", re.ASCII)
CURRENCY = re.compile(r"[a-z]{3}", re.ASCII)
STATUSES = {
    "checkout.session": frozenset("open complete expired".split()),
    "payment_intent": frozenset(
        "requires_payment_method requires_confirmation requires_action processing "
        "requires_capture canceled succeeded".split()
    ),
}
UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
DEBITS = frozenset({"us_bank_account", "sepa_debit", "bacs_debit", "au_becs_debit", "acss_debit"})
Json = Mapping[str, Any]


class Unlike(ValueError):
    """Not what Stripe documents: another type, another id, or something is missing."""


def session(values: Any) -> SessionView:
    found = _object(values, "checkout.session")
    return SessionView(
        id=found["id"],
        status=_status(found),
        payment_status=_text(found, "payment_status"),
        url=_address(found.get("url")),
        intent_id=id_of(found.get("payment_intent"), "payment_intent"),
        amount=_number(found, "amount_total"),
        currency=_currency(found),
        expires_at=_moment(found, "expires_at"),
        created_at=_moment(found, "created"),
        is_livemode=_flag(found, "livemode"),
        metadata=_metadata(found),
    )


def intent(values: Any) -> IntentView:
    """Read a payment with its newest charge and that one's balance transaction, if expanded."""
    found = _object(values, "payment_intent")
    view = IntentView(
        id=found["id"],
        status=_status(found),
        amount=_number(found, "amount"),
        amount_received=_number(found, "amount_received"),
        currency=_currency(found),
        charge=_charge(found.get("latest_charge")),
        failure_code=_failure(found.get("last_payment_error")),
        created_at=_moment(found, "created"),
        is_livemode=_flag(found, "livemode"),
        metadata=_metadata(found),
    )
    if view.status == "succeeded" and view.amount_received <= 0:
        raise Unlike(f"{view.id} succeeded with {view.amount_received}")
    return view


def refund(values: Any) -> RefundView:
    found = _object(values, "refund")
    return RefundView(
        id=found["id"],
        status=_text(found, "status"),
        amount=_number(found, "amount"),
        currency=_currency(found),
        intent_id=id_of(found.get("payment_intent"), "payment_intent") or "",
        failure_code=_clean(found.get("failure_reason"))[:60],
        balance=_balance(found.get("balance_transaction")),
        failure_balance=_balance(found.get("failure_balance_transaction")),
        created_at=_moment(found, "created"),
        metadata=_metadata(found),
    )


def dispute(values: Any) -> DisputeView:
    found = _object(values, "dispute")
    moved = found.get("balance_transactions")
    if not isinstance(moved, list):
        raise Unlike("a dispute without its balance transactions")
    due_by = (found.get("evidence_details") or {}).get("due_by")
    return DisputeView(
        id=found["id"],
        status=_text(found, "status"),
        amount=_number(found, "amount"),
        currency=_currency(found),
        intent_id=id_of(found.get("payment_intent"), "payment_intent") or "",
        charge_id=id_of(found.get("charge"), "charge") or "",
        reason=_clean(found.get("reason"))[:80],
        balances=tuple(balance(item) for item in moved),
        evidence_due_at=datetime.fromtimestamp(due_by, UTC) if due_by else None,
        created_at=_moment(found, "created"),
    )


def payout(values: Any) -> PayoutView:
    found = _object(values, "payout")
    return PayoutView(
        id=found["id"],
        status=_text(found, "status"),
        amount=_number(found, "amount"),
        currency=_currency(found),
        arrives_on=_day(found, "arrival_date"),
        balance=_balance(found.get("balance_transaction")),
        failure_balance=_balance(found.get("failure_balance_transaction")),
        created_at=_moment(found, "created"),
    )


def balance(values: Any) -> BalanceView:
    found = _object(values, "balance_transaction")
    view = BalanceView(
        id=found["id"],
        kind=_text(found, "type"),
        amount=_number(found, "amount"),
        fee=_number(found, "fee"),
        net=_number(found, "net"),
        currency=_currency(found),
        source_id=_source(found.get("source")),
        created_at=_moment(found, "created"),
    )
    if view.net != view.amount - view.fee:
        raise Unlike(f"{view.id} does not add up")
    return view


def id_of(value: Any, kind: str) -> str | None:
    """Return the id of an object of a kind, expanded or not, or None when there is none."""
    if value is None:
        return None
    found = value.get("id") if isinstance(value, Mapping) else value
    if not isinstance(found, str) or not ID.fullmatch(found):
        raise Unlike(f"no id of a {kind}")
    if not found.startswith(PREFIXES[kind]):
        raise Unlike(f"{found[:12]} is no {kind}")
    return found


def _object(values: Any, kind: str) -> Json:
    if not isinstance(values, Mapping) or values.get("object") != kind:
        raise Unlike(f"not a {kind}")
    id_of(values.get("id") or "", kind)
    return values


def _charge(values: Any) -> ChargeView | None:
    if not isinstance(values, Mapping):  # not expanded
        return None
    found = _object(values, "charge")
    details = found.get("payment_method_details")
    kind = str((details or {}).get("type") or "card")
    return ChargeView(
        id=found["id"],
        amount=_number(found, "amount"),
        method="bank_debit" if kind in DEBITS else "card",
        instrument=_instrument(kind, (details or {}).get(kind) or {}),
        balance=_balance(found.get("balance_transaction")),
    )


def _instrument(kind: str, details: Json) -> str:
    """Return what the payer knows it by: a brand or bank, and the last four digits."""
    last4 = re.sub(r"\D", "", str(details.get("last4") or ""))[-4:]
    name = details.get("brand") or details.get("bank_name") or kind.split("_")[0]
    words = _clean(name).replace("_", " ")
    shown = words.upper() if kind == "sepa_debit" else words[:1].upper() + words[1:]
    return f"{shown} {last4}".strip()[:60]


def _balance(values: Any) -> BalanceView | None:
    return balance(values) if isinstance(values, Mapping) else None


def _failure(error: Any) -> str:
    if not isinstance(error, Mapping):
        return ""
    return _clean(error.get("decline_code") or error.get("code") or "card_declined")[:60]


def _source(value: Any) -> str:
    found = value.get("id") if isinstance(value, Mapping) else value
    return _clean(found)[:80]


def _status(found: Json) -> str:
    status = _text(found, "status")
    if status not in STATUSES[found["object"]]:
        raise Unlike(f"{found['id']} is {status[:20]}")
    return status


def _text(found: Json, name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 60 or UNSTORABLE.search(value):
        raise Unlike(f"{found.get('id')} without {name}")
    return value


def _number(found: Json, name: str) -> int:
    value = found.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**53:
        raise Unlike(f"{found.get('id')} without {name}")
    return value


def _flag(found: Json, name: str) -> bool:
    value = found.get(name)
    if not isinstance(value, bool):
        raise Unlike(f"{found.get('id')} without {name}")
    return value


def _currency(found: Json) -> str:
    value = found.get("currency")
    if not isinstance(value, str) or not CURRENCY.fullmatch(value):
        raise Unlike(f"{found.get('id')} without currency")
    return value.upper()


def _moment(found: Json, name: str) -> datetime:
    try:
        return datetime.fromtimestamp(_number(found, name), UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise Unlike(f"{found.get('id')} without {name}") from error


def _day(found: Json, name: str) -> date | None:
    return _moment(found, name).date() if found.get(name) else None


def _address(value: Any) -> str:
    """Return a web address; a page that is over has none."""
    if value is None:
        return ""
    if not isinstance(value, str) or not value.startswith(("https://", "http://")):
        raise Unlike("no web address")
    return value


def _metadata(found: Json) -> dict[str, str]:
    value = found.get("metadata")
    if not isinstance(value, Mapping):
        raise Unlike(f"{found.get('id')} without metadata")
    return {_clean(name): _clean(text) for name, text in value.items()}


def _clean(value: Any) -> str:
    """Return text that a database can hold: others may write into the provider's objects, too."""
    return UNSTORABLE.sub("\ufffd", str("" if value is None else value))
