"""Stripe's errors as the three of the gateway: nobody knows, a clear no, or no such thing."""

from __future__ import annotations

import logging

import stripe

from payments.gateway import Absent, ProviderError, Refused, Unanswered

MISSING = "resource_missing"
OUR_BUG = "idempotency_error"  # the same key with other parameters
KEY_REFUSED = "key_refused"  # of the API key: it says nothing about the payment

logger = logging.getLogger(__name__)


def translated(error: stripe.StripeError) -> ProviderError:
    """Return our error. Its words carry status and code alone, no body, nobody's data.

    A busy, broken or unreadable server may have done what it was asked; only an error object
    of Stripe's with a status of 4xx is a no.
    """
    status, code = error.http_status or 0, str(error.code or "")[:60]
    words = f"{type(error).__name__} {status} {code}".strip()
    if isinstance(error, stripe.IdempotencyError):
        logger.error("provider.key_reused", extra={"request": error.request_id})
        return Refused(words, OUR_BUG)
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        logger.error("provider.key_refused", extra={"status": status})
        return Refused(words, KEY_REFUSED)
    if isinstance(error, stripe.InvalidRequestError | stripe.CardError):
        return _no(words, status, code)
    return Unanswered(words)


def _no(words: str, status: int, code: str) -> ProviderError:
    if code == MISSING:
        return Absent(words, code)
    if status == 404:  # an address that does not exist: it is not Stripe that we reach
        return Unanswered(words)
    return Refused(words, code)
