"""What the holders of an account, and a delegate, are told about who sees it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import AccountRole, AssistanceGrant, CustomerAccount, Invitation, User, Utility
from accounts.names import masked_email
from accounts.rights import role_words
from core import formats
from notifications.operations import Draft
from support.notices.words import by_whom, if_unexpected, new_key

DELEGATE_INVITED = "delegate.invited"
DELEGATE_REMOVED = "delegate.removed"
DELEGATE_ENDS = "delegate.ends"


def delegate_invited(
    invitation: Invitation, account: CustomerAccount, *, addresses: tuple[str, ...], house: Utility
) -> Draft:
    """Return the notice that somebody was invited to an account."""
    with translation.override(account.customer.language):
        subject = _("An invitation to account %(number)s") % {"number": account.number}
        said = _("%(email)s was invited to: %(words)s. It counts once the invitation is accepted.")
        values = {"email": masked_email(invitation.email), "words": role_words(invitation.role)}
        lines = [said % values, by_whom(invitation.invited_by, None), if_unexpected(house)]
    return _draft(DELEGATE_INVITED, account, subject, lines, addresses)


def delegate_removed(
    role: AccountRole,
    *,
    actor: User,
    grant: AssistanceGrant | None,
    addresses: Sequence[str],
    house: Utility,
) -> Draft:
    """Return the notice that a person sees an account no more; they read it too, by mail."""
    account = role.account
    with translation.override(account.customer.language):
        named = {"name": role.user.get_full_name(), "number": account.number}
        subject = _("%(name)s sees account %(number)s no more") % named
        lines = [
            _("%(name)s could see account %(number)s. This has ended now.") % named,
            by_whom(actor, grant),
            if_unexpected(house),
        ]
    return _draft(DELEGATE_REMOVED, account, subject, lines, tuple(addresses))


def delegate_ends(
    role: AccountRole,
    last_day: date | None,
    *,
    actor: User,
    grant: AssistanceGrant | None,
    addresses: Sequence[str],
    house: Utility,
) -> Draft:
    """Return the notice that a delegate's role ends on another day, or on none."""
    account = role.account
    with translation.override(account.customer.language):
        named = {
            "name": role.user.get_full_name(),
            "number": account.number,
            "day": formats.day(last_day) if last_day else "",
        }
        subject = _("How long %(name)s sees account %(number)s") % named
        until = _("%(name)s sees account %(number)s up to and including %(day)s.")
        without = _("%(name)s sees account %(number)s until somebody ends it.")
        lines = [(until if last_day else without) % named, by_whom(actor, grant)]
        lines.append(if_unexpected(house))
    return _draft(DELEGATE_ENDS, account, subject, lines, tuple(addresses))


def _draft(
    kind: str,
    account: CustomerAccount,
    subject: str,
    lines: Sequence[str],
    addresses: tuple[str, ...],
) -> Draft:
    return Draft(
        account_id=account.pk,
        kind=kind,
        key=new_key(kind),
        subject=subject,
        body="\n\n".join(lines),
        language=account.customer.language,
        link=f"/accounts/{account.number}/people/",
        addresses=addresses,
    )
