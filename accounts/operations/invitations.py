"""Inviting a person by e-mail; what follows when they accept is told in `acceptance`."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.invitations import LIFETIME, digest, new_token
from accounts.models import CustomerAccount, Invitation, User
from accounts.names import masked_email
from accounts.operations.attempts import TooManyAttempts, attempt_key, take_attempt
from accounts.operations.audit import audit
from accounts.queries import utility

A_DAY = timedelta(days=1)
MOST_A_DAY = 20  # mails of one person

logger = logging.getLogger(__name__)

__all__ = [
    "AlreadyInvited",
    "InvitationOver",
    "TooManyAttempts",
    "invite",
    "send_again",
    "withdraw",
]


class AlreadyInvited(Exception):
    """An invitation of the same kind waits for this person; it can be sent again."""


class InvitationOver(Exception):
    """It was accepted or withdrawn, or its time is over."""


def invite(
    kind: str,
    email: str,
    *,
    invited_by: User,
    real_now: datetime,
    name: str = "",
    account: CustomerAccount | None = None,
    role: str = "",
    role_ends_at: datetime | None = None,
    staff_roles: Sequence[str] = (),
) -> tuple[Invitation, str]:
    """Invite a person and mail them a link; returns the row and the token, which nothing keeps.

    :param role_ends_at: when a delegate's role ends, exclusive, in business time
    :raises TooManyAttempts: after twenty mails of one person in a day
    :raises AlreadyInvited: if such an invitation waits already
    """
    _count_one(invited_by, real_now)
    return _invite(
        Invitation(
            kind=Invitation.Kind(kind),
            email=email.lower(),
            name=name,
            account=account,
            role=role,
            role_ends_at=role_ends_at,
            staff_roles=list(staff_roles),
            invited_by=invited_by,
            invited_at=real_now,
            expires_at=real_now + LIFETIME,
        )
    )


def send_again(invitation: Invitation, *, actor: User, real_now: datetime) -> str:
    """Mail a new link; the old one works no more. Returns the new token.

    :raises TooManyAttempts: after twenty mails of one person in a day
    :raises InvitationOver: if it was accepted or withdrawn
    """
    _count_one(actor, real_now)
    return _send_again(invitation, actor=actor, real_now=real_now)


@transaction.atomic
def withdraw(invitation: Invitation, *, actor: User, real_now: datetime) -> None:
    """Make the link worthless.

    :raises InvitationOver: if it was accepted or withdrawn
    """
    if not _waiting(invitation).update(withdrawn_at=real_now):
        raise InvitationOver
    _note("invitation.withdraw", invitation, actor)


@transaction.atomic
def _invite(row: Invitation) -> tuple[Invitation, str]:
    same = Invitation.objects.filter(kind=row.kind, email=row.email, account=row.account)
    User.objects.select_for_update().get(pk=row.invited_by_id)  # two clicks invite once
    if same.filter(
        accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=row.invited_at
    ).exists():
        raise AlreadyInvited
    token = new_token()
    row.token_hash = digest(token)
    row.save()
    _note("invitation.send", row, row.invited_by)
    _mail_on_commit(row, token)
    return row, token


@transaction.atomic
def _send_again(invitation: Invitation, *, actor: User, real_now: datetime) -> str:
    token = new_token()
    renewed = _waiting(invitation).update(
        token_hash=digest(token), invited_at=real_now, expires_at=real_now + LIFETIME
    )
    if not renewed:
        raise InvitationOver
    invitation.refresh_from_db()
    _note("invitation.send_again", invitation, actor)
    _mail_on_commit(invitation, token)
    return token


def _waiting(invitation: Invitation) -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True
    )


def _count_one(person: User, real_now: datetime) -> None:
    key = attempt_key("invite", "user", str(person.pk))
    take_attempt([key], now=real_now, limit=MOST_A_DAY, window=A_DAY)


def _note(action: str, row: Invitation, actor: User) -> None:
    detail = {
        "kind": row.kind,
        "email": masked_email(row.email),
        "role": row.role,
        "ends_at": row.role_ends_at.isoformat() if row.role_ends_at else "",
        "staff_roles": row.staff_roles,
    }
    audit(action, row, actor=actor, account=row.account, detail=detail)


def _mail_on_commit(row: Invitation, token: str) -> None:
    """Send the link once the row stands; a mail server that fails is logged, not the token."""

    def send() -> None:
        try:
            _mail(row, token)
        except (OSError, SMTPException):
            logger.exception("invitation.not_mailed", extra={"invitation": row.pk})

    transaction.on_commit(send)


def _mail(row: Invitation, token: str) -> None:
    known = User.objects.filter(email__iexact=row.email).first()
    with translation.override((known or row.invited_by).language):
        house = utility()
        context = {
            "invitation": row,
            "inviter": row.invited_by.get_full_name(),
            "house": house,
            "link": f"{settings.SITE_URL}{reverse('open_invitation', args=[token])}",
            "days": LIFETIME.days,
        }
        subject = _("An invitation from %(utility)s") % {"utility": house.name}
        text = render_to_string("accounts/invitation_mail.txt", context)
    send_mail(" ".join(subject.split()), text, settings.DEFAULT_FROM_EMAIL, [row.email])
