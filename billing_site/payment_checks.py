"""What a start should complain about when people pay online; no key is ever printed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

STRIPE = "https://api.stripe.com"
LIVE = ("sk_live_", "rk_live_")
TEST = ("sk_test_", "rk_test_")


@register(Tags.security)
def payment_key(**kwargs: Any) -> list[CheckMessage]:
    """The key's mode must be that of the installation: money is real in production only."""
    key = settings.STRIPE_SECRET_KEY
    if not key:
        return []
    if not key.startswith((*LIVE, *TEST)):
        return [_error("STRIPE_SECRET_KEY is no secret key", "It begins with sk_ or rk_.", "E007")]
    if settings.PRODUCTION and not key.startswith(LIVE):
        hint = "Take the live key, or leave it empty: then nobody pays online."
        return [_error("STRIPE_SECRET_KEY is a test key in production", hint, "E008")]
    if not settings.PRODUCTION and key.startswith(LIVE):
        hint = "Take a test key, or set PRODUCTION=on."
        return [_error("STRIPE_SECRET_KEY is a live key outside production", hint, "E009")]
    return []


@register(Tags.security)
def payment_webhooks(**kwargs: Any) -> list[CheckMessage]:
    """Without a secret no webhook is believed, and payments are noticed by polling only."""
    secrets = settings.STRIPE_WEBHOOK_SECRETS
    if any(not secret.startswith("whsec_") or len(secret) < 20 for secret in secrets):
        hint = "Each begins with whsec_; commas stand between them, no blanks."
        return [_error("STRIPE_WEBHOOK_SECRETS holds what is no webhook secret", hint, "E010")]
    if secrets or not settings.STRIPE_SECRET_KEY:
        return []
    problem = "STRIPE_WEBHOOK_SECRETS is empty although people can pay online"
    hint = "Add an endpoint for /webhooks/stripe/ at Stripe and copy its signing secret."
    if settings.PRODUCTION:
        return [_error(problem, hint, "E011")]
    return [Warning(f"{problem}.", hint=hint, id="billing_site.W003")]


@register(Tags.security)
def payment_logging(**kwargs: Any) -> list[CheckMessage]:
    """Stripe's library has a switch of its own that prints whole requests and answers."""
    if not os.environ.get("STRIPE_LOG"):
        return []
    hint = "Unset it: what it prints names people, and passes by our logs."
    return [_error("STRIPE_LOG is set", hint, "E015")]


@register(Tags.security)
def payment_addresses(**kwargs: Any) -> list[CheckMessage]:
    """In production the provider is Stripe itself, and payers come back by TLS."""
    return list(_wrong_addresses())


def _wrong_addresses() -> Iterator[CheckMessage]:
    origin = urlsplit(settings.STRIPE_CHECKOUT_ORIGIN)
    if origin.scheme not in ("http", "https") or not origin.hostname or origin.path.strip("/"):
        hint = "Write it as https://checkout.stripe.com: no payer is sent anywhere else."
        yield _error("STRIPE_CHECKOUT_ORIGIN is no origin of pages", hint, "E014")
    if not settings.PRODUCTION:
        return
    if settings.STRIPE_API_BASE.rstrip("/") != STRIPE:
        hint = "Leave STRIPE_API_BASE unset; another one is for tests and demonstrations."
        yield _error("STRIPE_API_BASE is not Stripe's in production", hint, "E012")
    if settings.STRIPE_SECRET_KEY and not settings.SITE_URL.startswith("https://"):
        hint = "Set it to the https address of your pages; payers are sent back there."
        yield _error("SITE_URL is not https, and people can pay online", hint, "E013")


def _error(problem: str, hint: str, number: str) -> Error:
    return Error(f"{problem}.", hint=hint, id=f"billing_site.{number}")
