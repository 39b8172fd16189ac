"""The only way from a customer and an address to what they pay and have paid.

Accounts are reached through `accounts.access`; what is foreign and what does not exist answer 404.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts import access
from accounts.models import CustomerAccount, User
from accounts.rights import Right
from payments.models import LIVE, Payment, PaymentAttempt

Anybody = User | AnonymousUser


def account(
    user: Anybody, number: str, *, now: datetime, right: Right = Right.VIEW
) -> CustomerAccount:
    """Return one account of the person, in which they have this right.

    :raises Http404: if there is none, or it is somebody else's
    """
    return access.account_for(user, number, now, right)


def may_pay(user: Anybody, account: CustomerAccount, *, now: datetime) -> bool:
    """Say whether the person may pay this account now; to see it is less."""
    return Right.PAY in access.seen_as(user, account, now).rights


def attempt(
    user: Anybody, reference: str, *, now: datetime, right: Right = Right.VIEW
) -> PaymentAttempt:
    """Return an attempt to pay one of the accounts in which the person has this right.

    :raises Http404: if there is none, or it is somebody else's
    """
    found = PaymentAttempt.objects.filter(
        reference=reference, account__in=access.accounts_for(user, now, right)
    )
    one = found.select_related("account__customer", "statement", "payment").first()
    if one is None:
        raise Http404(_("There is no such payment among yours."))
    return one


def attempt_of_form(account: CustomerAccount, token: UUID) -> PaymentAttempt | None:
    """Return the attempt that a form has made of an account already."""
    return PaymentAttempt.objects.filter(account=account, form_token=token).first()


def attempts(account: CustomerAccount) -> QuerySet[PaymentAttempt]:
    """Return the attempts to pay an account that the person has reached by `account`."""
    return PaymentAttempt.objects.filter(account=account)


def live_attempts(account: CustomerAccount) -> list[PaymentAttempt]:
    """Return what is on its way to such an account, the oldest first."""
    return list(attempts(account).filter(state__in=LIVE).order_by("pk"))


def payments(account: CustomerAccount) -> QuerySet[Payment]:
    """Return the payments of an account that the person has reached by `account`."""
    return Payment.objects.filter(account=account)


def payment(user: Anybody, reference: str, *, now: datetime) -> Payment:
    """Return a payment of one of the person's accounts by its receipt number.

    :raises Http404: if there is none, or it is somebody else's
    """
    found = Payment.objects.filter(reference=reference, account__in=access.accounts_for(user, now))
    one = found.select_related("account__customer", "attempt", "suspense_item").first()
    if one is None:
        raise Http404(_("There is no such payment among yours."))
    return one
