"""Who else may see an account: taken away, for a shorter or longer time, or given back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import AccountRole, AssistanceGrant, CustomerAccount, User
from accounts.operations.audit import audit
from accounts.operations.roles import NoSuchRole, revoke_role
from accounts.queries import live_roles
from accounts.rights import DELEGATE_SCOPES

Role = AccountRole.Role
REMOVABLE = (*DELEGATE_SCOPES, Role.HOLDER)  # a landlord's role is the utility's to give and take


class LastHolder(Exception):
    """Nobody would hold the account any more."""


class NotRemovable(Exception):
    """The role was given by the utility, not by a holder."""


class BadEnd(ValueError):
    """The end lies in the past, or later than may be asked for."""


@transaction.atomic
def remove(
    role: AccountRole, *, now: datetime, actor: User, grant: AssistanceGrant | None = None
) -> None:
    """End a person's role at once; whatever else they see stays theirs.

    :raises LastHolder: if nobody would hold the account
    :raises NotRemovable: if it is not a holder's to take
    :raises NoSuchRole: if it has ended already
    """
    if role.role not in REMOVABLE:
        raise NotRemovable
    CustomerAccount.objects.select_for_update().get(pk=role.account_id)
    if role.role == Role.HOLDER and not _other_holders(role, now):
        raise LastHolder
    revoke_role(role, ends_at=now, actor=actor, grant=grant)


@transaction.atomic
def change_end(
    role: AccountRole,
    ends_at: datetime | None,
    *,
    now: datetime,
    actor: User,
    grant: AssistanceGrant | None = None,
) -> None:
    """Let a delegate's role end at another moment, exclusive, or run until it is taken.

    Within a help session it can only be made shorter.

    :raises NotRemovable: if it is no delegate's role
    :raises BadEnd: if the moment is past, or later than an employee may set it
    :raises NoSuchRole: if it has ended already
    """
    held = AccountRole.objects.select_for_update().get(pk=role.pk)
    if held.role not in DELEGATE_SCOPES:
        raise NotRemovable
    if held.ends_at is not None and held.ends_at <= now:
        raise NoSuchRole
    is_longer = ends_at is None or (held.ends_at is not None and ends_at > held.ends_at)
    if (ends_at is not None and ends_at <= now) or (grant is not None and is_longer):
        raise BadEnd
    before, held.ends_at = held.ends_at, ends_at
    held.save(update_fields=["ends_at"])
    detail = {
        "user": held.user_id,
        "role": held.role,
        "before": before.isoformat() if before else "",
        "after": ends_at.isoformat() if ends_at else "",
    }
    audit("role.change", held, actor=actor, account=held.account, grant=grant, detail=detail)


@transaction.atomic
def leave(user: User, account: CustomerAccount, *, now: datetime) -> list[AccountRole]:
    """Let a person give their own roles on an account back; return them.

    :raises LastHolder: if nobody would hold the account
    :raises NoSuchRole: if they have none that they may give back
    """
    mine = live_roles(now).filter(user=user, account=account, role__in=REMOVABLE)
    roles = list(mine.select_related("user", "account__customer").order_by("pk"))
    if not roles:
        raise NoSuchRole
    for role in roles:
        remove(role, now=now, actor=user)
    return roles


def _other_holders(role: AccountRole, now: datetime) -> bool:
    holders = live_roles(now).filter(account_id=role.account_id, role=Role.HOLDER)
    active = holders.filter(user__is_active=True).exclude(user_id=role.user_id)
    return active.exists()
