"""Making logins for people, by command and by demonstration."""

from __future__ import annotations

from collections.abc import Collection

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import User
from accounts.operations.audit import audit
from accounts.staff import StaffRole, group_of


@transaction.atomic
def create_user(
    email: str,
    *,
    password: str,
    name: str = "",
    phone: str = "",
    language: str = "en",
    roles: Collection[StaffRole] = (),
    actor: User | None = None,
) -> User:
    """Make a login whose e-mail counts as verified; staff when it has roles. `phone` is E.164.

    :raises IntegrityError: if the e-mail is taken, whatever its case
    """
    user = User.objects.create_user(
        email, password, name=name, phone=phone, language=language, is_staff=bool(roles)
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    user.groups.set([group_of(role) for role in roles])
    detail = {"roles": sorted(role.value for role in roles)}
    audit("user.create", user, actor=actor, detail=detail)
    return user
