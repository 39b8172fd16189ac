"""The one way by which an attempt changes its state, with its history row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings

from accounts.models import CustomerAccount
from core import clock
from ledger import operations as ledger
from payments.models import LIVE, AttemptChange, PaymentAttempt
from payments.states import may_go


class NotAllowed(Exception):
    """No attempt goes this way; see `payments.states`."""


def lock(attempt: PaymentAttempt) -> PaymentAttempt:
    """Lock the account, then the attempt, until the transaction ends; return it as it is now."""
    lock_account(attempt.account)
    rows = PaymentAttempt.objects.select_for_update(of=("self",))
    return rows.select_related("account__customer", "statement").get(pk=attempt.pk)


def lock_account(account: CustomerAccount) -> None:
    """Lock an account, also one that was never posted to."""
    ledger.lock([account.pk], account.currency)


def move(attempt: PaymentAttempt, after: PaymentAttempt.State, *, cause: str, **more: Any) -> None:
    """Bring a locked attempt into another state, write the step down and plan the next look.

    :param more: other columns that change with it
    :raises NotAllowed: if no attempt goes from here to there
    """
    before = attempt.state
    if not may_go(before, after):
        raise NotAllowed(f"{attempt.reference}: {before} -> {after}")
    now = clock.real_now()
    first_look = now + timedelta(seconds=settings.JANITOR_FIRST_SECONDS)
    fresh = {"looks": 0, "absent_since": None, "due_at": first_look if after in LIVE else None}
    update(attempt, state=after, changed_at=now, **{**fresh, **more})
    AttemptChange.objects.create(
        attempt=attempt, from_state=before, to_state=after, cause=cause[:120], changed_at=now
    )


def update(attempt: PaymentAttempt, **columns: Any) -> None:
    """Write columns of a locked attempt."""
    for name, value in columns.items():
        setattr(attempt, name, value)
    attempt.save(update_fields=list(columns))
