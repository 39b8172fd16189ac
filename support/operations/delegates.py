"""Who else sees an account: asked for, ended and changed, and told in the same transaction."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import AccountRole, AssistanceGrant, CustomerAccount, Invitation, User
from accounts.operations import delegates, invitations
from accounts.operations.grants import raise_level
from accounts.queries import people_to_tell, utility
from core.periods import local_date, midnight
from notifications.operations import announce
from support import notices

LAST = date(9998, 12, 31)  # people write the last day of a calendar for no end


def end_of(last_day: date | None, zone: ZoneInfo) -> datetime | None:
    """Return the exclusive end of a role whose last day is told; None for one without end."""
    return midnight(min(last_day, LAST) + timedelta(days=1), zone) if last_day else None


def last_day_of(role: AccountRole) -> date | None:
    """Return the last day on which a role counts, as people read it."""
    if role.ends_at is None:
        return None
    return local_date(role.ends_at - timedelta(microseconds=1), utility().zone)


def invite(
    account: CustomerAccount,
    email: str,
    *,
    name: str,
    role: str,
    last_day: date | None,
    invited_by: User,
    now: datetime,
    real_now: datetime,
) -> Invitation:
    """Invite a delegate by e-mail, and tell those who hold and pay the account.

    :raises TooManyAttempts, AlreadyInvited: of `accounts.operations.invitations`
    :raises BadEnd: if the last day is over
    """
    ends_at = end_of(last_day, utility().zone)
    if ends_at is not None and ends_at <= now:
        raise delegates.BadEnd
    with transaction.atomic():
        invitation, _token = invitations.invite(
            Invitation.Kind.DELEGATE,
            email,
            name=name,
            account=account,
            role=role,
            role_ends_at=ends_at,
            invited_by=invited_by,
            real_now=real_now,
        )
        told = _addresses(account, now)
        announce(
            [notices.delegate_invited(invitation, account, addresses=told, house=utility())],
            now=now,
        )
    return invitation


@transaction.atomic
def remove(
    role: AccountRole,
    *,
    actor: User,
    now: datetime,
    real_now: datetime,
    grant: AssistanceGrant | None = None,
) -> None:
    """End a person's role at once; they and those who hold the account are told.

    :raises LastHolder, NotRemovable, NoSuchRole: of `accounts.operations.delegates`
    :raises NotLive: if the help session has ended meanwhile
    """
    if grant is not None:
        raise_level(grant, real_now)
    told = _addresses(role.account, now, role.user)
    delegates.remove(role, now=now, actor=actor, grant=grant)
    draft = notices.delegate_removed(
        role, actor=actor, grant=grant, addresses=told, house=utility()
    )
    announce([draft], now=now)


@transaction.atomic
def change_end(
    role: AccountRole,
    last_day: date | None,
    *,
    actor: User,
    now: datetime,
    real_now: datetime,
    grant: AssistanceGrant | None = None,
) -> None:
    """Set the last day of a delegate's role; an employee can only make it shorter.

    :raises BadEnd, NotRemovable, NoSuchRole: of `accounts.operations.delegates`
    :raises NotLive: if the help session has ended meanwhile
    """
    if grant is not None:
        raise_level(grant, real_now)
    ends_at = end_of(last_day, utility().zone)
    delegates.change_end(role, ends_at, now=now, actor=actor, grant=grant)
    told = _addresses(role.account, now, role.user)
    draft = notices.delegate_ends(
        role, last_day, actor=actor, grant=grant, addresses=told, house=utility()
    )
    announce([draft], now=now)


@transaction.atomic
def leave(user: User, account: CustomerAccount, *, now: datetime) -> None:
    """Give one's own roles on an account back, and tell those who hold it.

    :raises LastHolder, NoSuchRole: of `accounts.operations.delegates`
    """
    told = _addresses(account, now, user)
    [role, *_others] = delegates.leave(user, account, now=now)
    draft = notices.delegate_removed(role, actor=user, grant=None, addresses=told, house=utility())
    announce([draft], now=now)


def _addresses(account: CustomerAccount, now: datetime, *others: User) -> tuple[str, ...]:
    people = [*people_to_tell([account.pk], now)[account.pk], *others]
    return tuple(dict.fromkeys(person.email for person in people))
