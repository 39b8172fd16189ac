"""What a start should complain about, each with what to do."""

from __future__ import annotations

import ctypes
import os
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured

from core import failpoints
from ledger.policies import POLICIES

PDF_LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")
PDF_PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-dejavu-core"
SHORTEST_SECRET = 40


@register(Tags.compatibility)
def pdf_libraries(**kwargs: Any) -> list[CheckMessage]:
    """Everything but PDF works without these libraries."""
    missing = [name for name in PDF_LIBRARIES if not _loads(name)]
    if not missing:
        return []
    return [
        Warning(
            f"PDFs cannot be drawn: {', '.join(missing)} is missing.",
            hint=f"apt-get install -y --no-install-recommends {PDF_PACKAGES}",
            id="billing_site.W001",
        )
    ]


@register(Tags.security)
def production_secrets(**kwargs: Any) -> list[CheckMessage]:
    """Production starts with secrets of its own, and never as a demonstration."""
    if not settings.PRODUCTION:
        return []
    found: list[CheckMessage] = []
    if is_weak(_secret_key()):
        found.append(_secret("SECRET_KEY is missing, short or the development key", "E001"))
    if not settings.FIELD_KEYS:
        found.append(_secret("FIELD_KEYS is empty: nothing could be encrypted", "E002"))
    if is_weak(settings.FIELD_INDEX_KEY):
        found.append(_secret("FIELD_INDEX_KEY is missing or short", "E003"))
    if settings.DEBUG or settings.DEMO or "*" in settings.ALLOWED_HOSTS:
        found.append(
            Error(
                "DEBUG, DEMO or a host of * is set in production.",
                hint="Leave DEBUG and DEMO unset and name your hosts in ALLOWED_HOSTS.",
                id="billing_site.E004",
            )
        )
    return found


@register(Tags.database)
def one_writer_on_sqlite(**kwargs: Any) -> list[CheckMessage]:
    """SQLite serves one web process and one worker; more belong on PostgreSQL."""
    web_processes = int(os.environ.get("GRANIAN_WORKERS", os.environ.get("WEB_CONCURRENCY", 1)))
    if not settings.ON_SQLITE or (web_processes == 1 and not settings.REDIS_URL):
        return []
    return [
        Warning(
            "Several workers share a SQLite database.",
            hint="Set DATABASE_URL to a PostgreSQL database, or run one web process and no Redis.",
            id="billing_site.W002",
        )
    ]


@register()
def failpoints_are_readable(**kwargs: Any) -> list[CheckMessage]:
    """A mistyped failpoint would silently test nothing."""
    try:
        failpoints.parse(settings.FAILPOINTS)
    except ValueError as error:
        hint = "Write name=kill9@p0.05;name=raise@tag:value;name=sleep:2"
        return [Error(f"FAILPOINTS: {error}", hint=hint, id="billing_site.E005")]
    return []


@register()
def allocation_policy_is_known(**kwargs: Any) -> list[CheckMessage]:
    """Without an order of debts no payment and no statement could be posted."""
    if settings.ALLOCATION_POLICY in POLICIES:
        return []
    return [
        Error(
            f"ALLOCATION_POLICY is {settings.ALLOCATION_POLICY!r}, which is no policy.",
            hint=f"Set it to one of {', '.join(POLICIES)}.",
            id="billing_site.E006",
        )
    ]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _secret_key() -> str:
    try:
        return settings.SECRET_KEY
    except ImproperlyConfigured:  # Django's word for an empty one
        return ""


def is_weak(secret: str) -> bool:
    return len(secret) < SHORTEST_SECRET or secret.startswith("insecure")


def _secret(problem: str, number: str) -> Error:
    hint = "`manage.py make_secrets` prints fresh ones for your .env file."
    return Error(f"{problem}.", hint=hint, id=f"billing_site.{number}")
