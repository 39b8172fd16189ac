"""Attempts that a person should know of, and those of the customer who calls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from accounts import numbers
from accounts.names import initials
from payments.desk import words
from payments.models import PaymentAttempt

SENT = timedelta(minutes=5)  # a call takes seconds
UNDER_WAY = timedelta(days=14)  # the longest that a bank debit takes
State = PaymentAttempt.State


@dataclass(frozen=True)
class AttemptRow:
    """One attempt of the list; the customer by initials."""

    attempt: PaymentAttempt
    customer: str
    state: str
    tag: str


def stuck(attempts: QuerySet[PaymentAttempt], *, now: datetime) -> QuerySet[PaymentAttempt]:
    """Return attempts without a known result for too long; `now` is real time."""
    return attempts.filter(
        Q(state=State.UNKNOWN)
        | Q(state__in=[State.CREATED, State.SUBMITTING], changed_at__lt=now - SENT)
        | Q(
            state__in=[State.OPEN, State.REQUIRES_ACTION, State.PROCESSING],
            changed_at__lt=now - UNDER_WAY,
        )
    )


def narrowed(
    attempts: QuerySet[PaymentAttempt], wanted: dict[str, Any], *, now: datetime
) -> QuerySet[PaymentAttempt]:
    """Keep what the filter asks for, in any state; without a filter what is stuck."""
    account, reference = wanted.get("account"), wanted.get("reference")
    if not account and not reference:
        return stuck(attempts, now=now)
    if account:
        attempts = attempts.filter(account__number=numbers.clean(account))
    if reference:
        attempts = attempts.filter(reference=reference.upper())
    return attempts


def rows(attempts: Iterable[PaymentAttempt]) -> list[AttemptRow]:
    return [
        AttemptRow(
            attempt, initials(attempt.account.customer.name), *words.attempt_tag(attempt.state)
        )
        for attempt in attempts
    ]
