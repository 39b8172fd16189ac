"""The stand-in for the payment provider: what it is started with, and what we know of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from django.conf import settings

from billing_site.demo.seed.story import UTILITY_NAME

FIRST_PORT = 12_111
SECRET_KEY = "sk_test_demonstration"  # noqa: S105  the sandbox moves no money
WEBHOOK_SECRET = "whsec_demonstration_only"  # noqa: S105


def is_configured() -> bool:
    """Say whether the environment names a provider of its own."""
    return bool(os.environ.get("STRIPE_SECRET_KEY"))


def books() -> Path:
    return settings.VAR_DIR / "provider.sqlite3"


def address(port: int) -> str:
    return f"http://localhost:{port}"


def environment(port: int) -> dict[str, str]:
    """Return the settings by which the product speaks to the sandbox on a port."""
    return {
        "STRIPE_SECRET_KEY": SECRET_KEY,
        "STRIPE_WEBHOOK_SECRETS": WEBHOOK_SECRET,
        "STRIPE_API_BASE": f"http://127.0.0.1:{port}",
        "STRIPE_CHECKOUT_ORIGIN": address(port),
        "STRIPE_ENVIRONMENT": "demonstration",
    }


def greeting(port: int) -> list[str]:
    """Return lines that tell a visitor how to pay without money."""
    return [
        f"Payments go to a sandbox, no money moves: {address(port)}/_sandbox/",
        "  card 4242 4242 4242 4242 pays, 4000 0000 0000 0002 is declined; any date, any code",
    ]


def command(port: int, *, site_port: int) -> list[str]:
    """Return the command that starts the sandbox; its clock is its own."""
    return [
        *(sys.executable, "-m", "payments.sandbox"),
        *("--port", str(port), "--public-url", address(port), "--merchant", UTILITY_NAME),
        *("--books", str(books()), "--secret-key", SECRET_KEY),
        *("--webhook-url", f"http://127.0.0.1:{site_port}/webhooks/stripe/"),
        *("--webhook-secret", WEBHOOK_SECRET),
    ]
