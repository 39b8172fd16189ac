"""Reads about the utility, its customers and their accounts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import claims
from accounts.models import (
    AccountRole,
    ClaimCode,
    CustomerAccount,
    User,
    Utility,
)
from core.once import once


def utility() -> Utility:
    """Return the one utility of this database.

    :raises Utility.DoesNotExist: before it is set up
    """
    found = utility_or_none()
    if found is None:
        raise Utility.DoesNotExist
    return found


def utility_or_none() -> Utility | None:
    """Return the utility, or None before it is set up; a request that only reads asks once."""
    return once("utility", lambda: Utility.objects.filter(pk=1).first())


def superusers() -> int:
    """Return how many active logins pass all permissions of Django, which no role gives."""
    return User.objects.filter(is_superuser=True, is_active=True).count()


def is_signed_in_from(email: str, ip: str) -> bool:
    """Tell whether the person of this address has a session from that client address."""
    return UserSession.objects.filter(user__email__iexact=email, ip=ip).exists()


def live_roles(now: datetime) -> QuerySet[AccountRole]:
    """Return the roles that hold at this moment."""
    return AccountRole.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now), starts_at__lte=now
    )


def is_held(account: OuterRef, now: datetime) -> Exists:
    """Return whether a login holds the account that an outer query refers to."""
    return Exists(live_roles(now).filter(account=account, role=AccountRole.Role.HOLDER))


def accounts_without_holder(
    account_ids: Collection[int], now: datetime
) -> QuerySet[CustomerAccount]:
    """Return those of the accounts that no login holds yet, by id."""
    found = CustomerAccount.objects.filter(~is_held(OuterRef("pk"), now), pk__one_of=account_ids)
    return found.order_by("pk")


def people_to_tell(account_ids: Collection[int], now: datetime) -> dict[int, list[User]]:
    """Return the active users who hold or pay each account, in one query."""
    roles = (
        live_roles(now)
        .filter(
            account_id__one_of=account_ids,
            role__in=[AccountRole.Role.HOLDER, AccountRole.Role.PAYER],
            user__is_active=True,
        )
        .select_related("user")
        .order_by("account_id", "pk")
    )
    told: dict[int, dict[int, User]] = {pk: {} for pk in account_ids}
    for role in roles:
        told[role.account_id][role.user_id] = role.user
    return {pk: list(users.values()) for pk, users in told.items()}


def mail_addresses(people: Iterable[User], fallback: str) -> tuple[str, ...]:
    """Return the mail boxes of people, each once; if they have none, the customer's own."""
    emails = [person.email for person in people if person.email]
    return tuple(dict.fromkeys(emails or ([fallback] if fallback else [])))


def language_of(email: str) -> str | None:
    """Return the language of the login with this address, if there is one."""
    known = User.objects.filter(email__iexact=email).values_list("language", flat=True)
    return known.first()


def printable_claim_code(account: CustomerAccount, now: datetime) -> str:
    """Return the newest unused code of an account as printed, or empty; `now` is real time."""
    row = (
        ClaimCode.objects.filter(account=account, used_at__isnull=True, expires_at__gt=now)
        .order_by("-created_at", "-pk")
        .first()
    )
    return claims.printed(account.number, row.nonce, row.code_hash) if row else ""
