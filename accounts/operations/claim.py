"""Tying a login to an account by the code that was printed for it."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts import claims
from accounts.models import AccountRole, ClaimCode, Customer, CustomerAccount, User
from accounts.operations.attempts import attempt_key, take_attempt
from accounts.operations.audit import audit
from accounts.operations.contact import NothingChanged, change_language
from accounts.operations.roles import grant_role

TRIES = 5
WINDOW = timedelta(hours=1)

logger = logging.getLogger(__name__)


class ClaimRefused(Exception):
    """Number and code do not match, or the code is used or too old: nobody learns which."""


def claim_account(user: User, *, number: str, code: str, now: datetime, ip: str) -> CustomerAccount:
    """Make the user holder of the account whose number and single-use code they typed.

    `now` is real time. Five tries an hour for each user and each address, right or wrong.

    :raises TooManyAttempts: when the tries of this hour are used up
    :raises ClaimRefused: for every other failure
    """
    take_attempt(
        [attempt_key("claim", "user", str(user.pk)), attempt_key("claim", "ip", ip)],
        now=now,
        limit=TRIES,
        window=WINDOW,
    )
    return _claim(user, number=number, code=code, now=now)


@transaction.atomic
def _claim(user: User, *, number: str, code: str, now: datetime) -> CustomerAccount:
    hashes = claims.digests(number, code)
    live = ClaimCode.objects.filter(code_hash__in=hashes, used_at__isnull=True, expires_at__gt=now)
    if not live.update(used_at=now, used_by=user):
        logger.info("claim.refused", extra={"user": user.pk})
        raise ClaimRefused
    account = CustomerAccount.objects.get(claim_codes__code_hash__in=hashes)
    ClaimCode.objects.filter(account=account, used_at__isnull=True, expires_at__gt=now).update(
        expires_at=now
    )
    grant_role(user, account, AccountRole.Role.HOLDER, starts_at=now, actor=user)
    audit("account.claim", account, actor=user, account=account)
    _write_in_the_language_of(user, account.customer)
    logger.info("claim.accepted", extra={"user": user.pk, "account": account.pk})
    return account


def _write_in_the_language_of(user: User, customer: Customer) -> None:
    """Let bills and messages follow the new holder, if nobody chose their language before."""
    is_chosen = customer.language != settings.LANGUAGE_CODE
    if is_chosen or user.language not in dict(settings.LANGUAGES):
        return
    with suppress(NothingChanged):
        change_language(customer, user.language, actor=user)
