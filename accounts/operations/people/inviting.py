"""Inviting somebody: who accepts has a login, and no role before a second person agrees."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Invitation, User
from accounts.operations import approvals, invitations
from accounts.operations.people import administrators
from accounts.operations.people.changing import NothingToChange, ask_role_change
from accounts.operations.people.standing import named, standing


class WorksHereAlready(ValueError):
    """The person has roles: they are changed, and need no invitation."""


def invite_staff(
    email: str, *, name: str, roles: Collection[str], invited_by: User, real_now: datetime
) -> Invitation:
    """Mail a link to somebody who shall have these roles.

    :raises NotAdministrator: if the one who invites is none
    :raises WorksHereAlready: if somebody with this address has roles
    :raises AlreadyInvited, TooManyAttempts: of `invitations`
    """
    administrators.must_be_allowed(invited_by)
    if User.objects.filter(email__iexact=email, is_staff=True).exists():
        raise WorksHereAlready
    invitation, _secret = invitations.invite(
        Invitation.Kind.STAFF,
        email,
        invited_by=invited_by,
        real_now=real_now,
        name=name,
        staff_roles=sorted(named(roles)),
    )
    return invitation


@transaction.atomic
def join_staff(invitation: Invitation, *, user: User, now: datetime, real_now: datetime) -> None:
    """Ask, in the name of who invited, that the person who accepted has the roles.

    :raises InvitationOver: if who invited may not ask for it any more
    """
    roles = standing(user).roles | named(invitation.staff_roles)
    try:
        ask_role_change(
            user,
            roles,
            asked_by=invitation.invited_by,
            reason=_("They accepted the invitation to the staff."),
            real_now=real_now,
        )
    except (administrators.NotAdministrator, administrators.OwnRoles) as error:
        raise invitations.InvitationOver from error
    except (NothingToChange, approvals.AlreadyAsked):
        return  # an administrator was faster
