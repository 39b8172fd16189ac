"""Who may see an account, from when and until when."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import AccountRole, AssistanceGrant, CustomerAccount, User
from accounts.operations.audit import audit


class NoSuchRole(Exception):
    """The role is not held, or has ended already."""


@transaction.atomic
def grant_role(
    user: User,
    account: CustomerAccount,
    role: str,
    *,
    starts_at: datetime,
    ends_at: datetime | None = None,
    actor: User | None = None,
    given_by: User | None = None,
) -> AccountRole:
    """Give the user a role; one that runs without end already is returned as it is.

    :param given_by: the holder who invited them, when they are a delegate
    """
    values = {"user": user, "account": account, "role": AccountRole.Role(role)}
    if ends_at is None:
        held, is_new = AccountRole.objects.get_or_create(
            **values, ends_at=None, defaults={"starts_at": starts_at, "given_by": given_by}
        )
    else:
        held = AccountRole.objects.create(
            **values, starts_at=starts_at, ends_at=ends_at, given_by=given_by
        )
        is_new = True
    if is_new:
        detail = {"role": str(held.role), "user": user.pk}
        audit("role.grant", held, actor=actor, account=account, detail=detail)
    return held


@transaction.atomic
def revoke_role(
    role: AccountRole,
    *,
    ends_at: datetime,
    actor: User | None = None,
    grant: AssistanceGrant | None = None,
) -> None:
    """End a role; it counts up to that moment and not any more.

    :raises NoSuchRole: if it has ended already
    """
    held = AccountRole.objects.select_for_update().filter(pk=role.pk).first()
    if held is None or (held.ends_at is not None and held.ends_at <= ends_at):
        raise NoSuchRole
    held.ends_at = ends_at
    held.save(update_fields=["ends_at"])
    detail = {"role": str(held.role), "user": held.user_id}
    audit("role.revoke", held, actor=actor, account=held.account, grant=grant, detail=detail)
