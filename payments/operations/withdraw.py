"""Take an attempt back: the provider first, then our books, so that no open page is forgotten."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.core.cache import cache
from django.db import transaction

from core import clock
from ledger.queries import balances, settlement
from payments import gateway as provider
from payments.gateway import PaymentGateway, Refused, SessionView, Unanswered
from payments.models import PaymentAttempt
from payments.operations import attempts, look, moves, receive
from payments.states import State
from statements.entries import issue_key
from statements.models import Statement

WAITING = (State.OPEN, State.REQUIRES_ACTION)
PAYABLE = (Statement.State.ISSUED,)
SECONDS_BETWEEN = 60
BATCH = 500  # attempts for which the books are asked at once
ROUND = 4  # batches at most in one round, so that a tick stays short
PLACE = "payments:withdraw:place"  # in the cache: where the next round begins

logger = logging.getLogger(__name__)


def withdraw(attempt: PaymentAttempt, *, now: datetime, cause: str) -> PaymentAttempt:
    """Close the page of an attempt and cancel it; return it as it is then.

    An attempt that was paid meanwhile becomes paid. One that is on its way, has ended, or of
    which the provider gives no answer stays as it is: look at its state.

    :param now: the business moment
    :raises Offline: if no provider is configured
    """
    gateway = provider.gateway()
    if gateway is None:
        raise attempts.Offline
    attempt.refresh_from_db()
    try:
        if attempt.state == State.CREATED:
            _cancel_unsent(attempt, cause)
        elif attempt.state in WAITING and attempt.session_id:
            _close(gateway, attempt, now=now, cause=cause)
    except (Unanswered, Refused) as error:
        logger.warning(
            "attempt.not_withdrawn",
            extra={"reference": attempt.reference, "error": type(error).__name__},
        )
    attempt.refresh_from_db()
    return attempt


@transaction.atomic
def _cancel_unsent(attempt: PaymentAttempt, cause: str) -> None:
    row = moves.lock(attempt)
    is_leased = row.lease_until is not None and row.lease_until > clock.real_now()
    if row.state == State.CREATED and not is_leased:
        moves.move(row, State.CANCELLED, cause=cause)


def _close(gateway: PaymentGateway, attempt: PaymentAttempt, *, now: datetime, cause: str) -> None:
    session_id = attempt.session_id or ""
    key = f"{attempt.environment}:{attempt.uid}:expire:1"
    try:
        closed = gateway.expire_session(session_id, key=key)
    except Refused:  # it is complete or expired already
        look.look_at_session(gateway, session_id, now=now, cause=cause)
        return
    if closed.intent_id:
        receive.apply_intent(gateway.intent(closed.intent_id), now=now, cause=cause)
    _cancel(attempt, closed, cause)


@transaction.atomic
def _cancel(attempt: PaymentAttempt, closed: SessionView, cause: str) -> None:
    row = moves.lock(attempt)
    if closed.status == "expired" and row.state in WAITING:
        moves.move(row, State.CANCELLED, cause=cause)


def expire_settled(*, now: datetime) -> int:
    """Withdraw what is open for bills that need no money any more; return how many ended.

    The books are asked for many attempts at once, the provider at most once a minute for each.
    One attempt that breaks keeps no others open.
    """
    if provider.gateway() is None:
        return 0
    return sum(_expire(attempt, now) for batch in _waiting() for attempt in _needless(batch))


def _expire(attempt: PaymentAttempt, now: datetime) -> bool:
    if not cache.add(f"payments:withdraw:{attempt.pk}", 1, timeout=SECONDS_BETWEEN):
        return False
    try:
        withdraw(attempt, now=now, cause="settled elsewhere")
    except Exception:
        logger.exception("attempt.not_withdrawn", extra={"reference": attempt.reference})
        return False
    return not attempt.is_live


def _waiting() -> Iterator[list[PaymentAttempt]]:
    """Yield attempts whose page is open, in batches, by id; the next round goes on from there."""
    waiting = PaymentAttempt.objects.filter(state__in=WAITING).exclude(target__startswith="adv:")
    rows = waiting.select_related("account", "statement").order_by("pk")
    begun = after = cache.get(PLACE, 0)
    for _ in range(ROUND):
        batch = list(rows.filter(pk__gt=after)[:BATCH])
        after = batch[-1].pk if len(batch) == BATCH else 0
        yield batch
        if not after:
            break
    if after != begun:
        cache.set(PLACE, after, timeout=None)


def _needless(batch: Sequence[PaymentAttempt]) -> list[PaymentAttempt]:
    """Return those whose bill is paid or taken back, or whose account owes nothing."""
    bills = [a.statement for a in batch if a.statement and a.statement.state in PAYABLE]
    settled = settlement([issue_key(bill.pk) for bill in bills])
    owed = {bill.pk for bill in bills if (s := settled.get(issue_key(bill.pk))) and s.open}
    stands = balances({a.account_id for a in batch if not a.statement})
    owing = {key for key, each in stands.items() if each.balance > 0}
    return [
        attempt
        for attempt in batch
        if (attempt.statement_id and attempt.statement_id not in owed)
        or (not attempt.statement_id and (attempt.account_id, attempt.currency) not in owing)
    ]
