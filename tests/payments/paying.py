"""Helpers of the tests about online payments: begin one, and read the books."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from ledger.models import JournalEntry
from ledger.queries import balance, settlement
from payments.models import PaymentAttempt
from payments.operations import attempts
from payments.operations.submit import submit
from statements import entries

NOW = datetime(2026, 11, 10, 15, tzinfo=UTC)


def begin(statement, amount_minor=5812, **changes) -> PaymentAttempt:
    """Begin to pay a bill, as a customer who presses the button does."""
    values = {
        "statement": statement,
        "method": "card",
        "form_token": uuid.uuid4(),
        "user": None,
        "language": "en",
        "now": NOW,
        **changes,
    }
    return attempts.begin(statement.account, amount_minor=amount_minor, **values)


def open_page(statement, amount_minor=5812, **changes) -> PaymentAttempt:
    """Begin, and let the provider make the page."""
    return submit(begin(statement, amount_minor, **changes), now=NOW)


def stands(statement) -> int:
    """Return what the account owes, in cents; negative is credit."""
    return balance(statement.account_id, statement.currency).balance


def paid_state(statement) -> str:
    key = entries.issue_key(statement.pk)
    return str(settlement([key])[key].state)


def legs(source_key: str) -> list[tuple[str, int]]:
    """Return the legs of an entry as (kind, amount)."""
    entry = JournalEntry.objects.get(source_key=source_key)
    return sorted(entry.postings.values_list("account__kind", "amount"))


def steps(attempt) -> list[tuple[str, str]]:
    """Return the history of an attempt as (state, cause)."""
    return list(attempt.changes.order_by("pk").values_list("to_state", "cause"))
