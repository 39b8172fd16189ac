"""Accepting an invitation: once, by the person whose address it was sent to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts import access, invitations
from accounts.models import AccountRole, Invitation, User
from accounts.operations.audit import audit
from accounts.operations.invitations import InvitationOver
from accounts.operations.people import join_staff
from accounts.operations.roles import grant_role, revoke_role
from accounts.queries import live_roles
from accounts.rights import DELEGATE_SCOPES, Right


class NotInvited(Exception):
    """The login has not proved that the invited address is its own."""


class AlreadyHolder(Exception):
    """Who holds an account needs no invitation to it."""


class OnAccept(Protocol):
    """What an invitation of one kind gives; it runs in the transaction of the acceptance."""

    def __call__(
        self, invitation: Invitation, *, user: User, now: datetime, real_now: datetime
    ) -> None: ...


@transaction.atomic
def accept(invitation: Invitation, *, user: User, now: datetime, real_now: datetime) -> None:
    """Give the person what they were invited to.

    :param now: business time, from which a delegate's role counts
    :raises NotInvited: if the login's verified addresses are others
    :raises InvitationOver: if it is not open any more, or somebody was faster
    :raises AlreadyHolder: if the person holds the account
    """
    if not is_invited(user, invitation):
        raise NotInvited
    still_open = invitations.running(real_now).filter(pk=invitation.pk)
    if not still_open.update(accepted_by=user, accepted_at=real_now):
        raise InvitationOver
    invitation.refresh_from_db()
    ON_ACCEPT[invitation.kind](invitation, user=user, now=now, real_now=real_now)
    detail = {"kind": invitation.kind, "role": invitation.role}
    audit("invitation.accept", invitation, actor=user, account=invitation.account, detail=detail)


def is_invited(user: User, invitation: Invitation) -> bool:
    """Say whether the person has proved that the invited address is theirs."""
    own = EmailAddress.objects.filter(user=user, verified=True)
    return own.filter(email__iexact=invitation.email).exists()


def become_delegate(
    invitation: Invitation, *, user: User, now: datetime, real_now: datetime
) -> None:
    """Give the role on the account, instead of what the person could do there before."""
    account = invitation.account
    inviter = access.accounts_for(invitation.invited_by, now, Right.INVITE)
    is_past = invitation.role_ends_at is not None and invitation.role_ends_at <= now
    if account is None or is_past or not inviter.filter(pk=account.pk).exists():
        raise InvitationOver
    held = live_roles(now).filter(user=user, account=account)
    if held.filter(role=AccountRole.Role.HOLDER).exists():
        raise AlreadyHolder
    for role in held.filter(role__in=DELEGATE_SCOPES):
        revoke_role(role, ends_at=now, actor=user)
    grant_role(
        user,
        account,
        invitation.role,
        starts_at=now,
        ends_at=invitation.role_ends_at,
        actor=invitation.invited_by,
        given_by=invitation.invited_by,
    )


# What each kind of invitation gives.
ON_ACCEPT: Mapping[str, OnAccept] = {
    Invitation.Kind.DELEGATE: become_delegate,
    Invitation.Kind.STAFF: join_staff,
}
