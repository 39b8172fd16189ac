"""Ask the provider what became of an attempt, and follow it."""

from __future__ import annotations

import logging
from datetime import datetime

from django.core.cache import cache

from payments import gateway as provider
from payments.gateway import PaymentGateway, Refused, Unanswered
from payments.models import PaymentAttempt
from payments.operations import receive
from payments.operations.attempts import Offline
from payments.outcomes import Applied
from payments.states import State

SECONDS_BETWEEN = 3

logger = logging.getLogger(__name__)


def refresh(attempt: PaymentAttempt, *, now: datetime, cause: str) -> PaymentAttempt:
    """Ask, at most once in three seconds for each cause, and return the attempt as it is then.

    So a page that asks by itself does not keep the page of who comes back from asking. A provider
    that gives no answer changes nothing. `now` is the business moment.
    """
    asked = f"payments:look:{attempt.pk}:{cause.replace(' ', '-')}"
    is_first = cache.add(asked, 1, timeout=SECONDS_BETWEEN)
    if is_first and provider.gateway() is not None and attempt.state != State.SUCCEEDED:
        try:
            look(attempt, now=now, cause=cause)
        except (Unanswered, Refused) as error:
            logger.warning(
                "attempt.not_seen",
                extra={"reference": attempt.reference, "error": type(error).__name__},
            )
    attempt.refresh_from_db()
    return attempt


def look(attempt: PaymentAttempt, *, now: datetime, cause: str) -> Applied:
    """Fetch the page and the payment of an attempt and follow them.

    An attempt of which the provider has told us nothing yet stays as it is: `submit` asks again.

    :raises Offline: if no provider is configured
    :raises Unanswered: if there is no answer that can be trusted
    :raises Absent: if the provider knows nothing of it
    """
    gateway = provider.gateway()
    if gateway is None:
        raise Offline
    if attempt.session_id:
        return look_at_session(gateway, attempt.session_id, now=now, cause=cause)
    if attempt.intent_id:
        return receive.apply_intent(gateway.intent(attempt.intent_id), now=now, cause=cause)
    return Applied.UNCHANGED


def look_at_session(
    gateway: PaymentGateway, session_id: str, *, now: datetime, cause: str
) -> Applied:
    """Fetch a page, and its payment if it has one, and follow both.

    The page comes first, as it does in life; of a page that expired the payment tells why.

    :raises ProviderError: as the provider's calls do
    """
    session = gateway.session(session_id)
    if session.intent_id is None:
        return receive.apply_session(session, now=now, cause=cause)
    intent = gateway.intent(session.intent_id)
    if session.status == "expired":
        receive.apply_intent(intent, now=now, cause=cause)
        return receive.apply_session(session, now=now, cause=cause)
    receive.apply_session(session, now=now, cause=cause)
    return receive.apply_intent(intent, now=now, cause=cause)
