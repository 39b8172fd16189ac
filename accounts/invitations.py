"""What an invitation is proved by: a random token that is kept as its keyed digest only."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from accounts.claims import secret_keys
from accounts.models import CustomerAccount, Invitation

LIFETIME = timedelta(days=7)
TOKEN_BYTES = 32


def new_token() -> str:
    """Return 256 random bits as they stand in an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str, *, secret: str | None = None) -> str:
    """Return what is stored of a token."""
    key = secret or secret_keys()[0]
    return salted_hmac("invitation", token, secret=key, algorithm="sha256").hexdigest()


def running(real_now: datetime) -> QuerySet[Invitation]:
    """Return the invitations that can be accepted now."""
    return Invitation.objects.filter(
        accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=real_now
    )


def waiting(account: CustomerAccount) -> QuerySet[Invitation]:
    """Return the invitations to an account that nobody accepted or withdrew, the newest first."""
    open_ones = Invitation.objects.filter(
        account=account, accepted_at__isnull=True, withdrawn_at__isnull=True
    )
    return open_ones.order_by("-invited_at", "-pk")


def by_token(token: str, real_now: datetime) -> Invitation | None:
    """Return the running invitation that a link names, or None."""
    digests = [digest(token, secret=key) for key in secret_keys()]
    return running(real_now).filter(token_hash__in=digests).first()


def by_digest(token_hash: str, real_now: datetime) -> Invitation | None:
    """Return the running invitation that a session remembers, or None."""
    found = running(real_now).filter(token_hash=token_hash)
    return found.select_related("account__customer", "invited_by").first()
