"""What a role on an account allows."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext as _

from accounts.models import AccountRole


class Right(StrEnum):
    """What a customer, or a delegate, may do with an account."""

    VIEW = "view"  # bills, use, payments, notices
    PAY = "pay"
    MANAGE = "manage"  # contact data and preferences
    INVITE = "invite"  # delegates, and remove them


Role = AccountRole.Role

RIGHTS: dict[str, frozenset[Right]] = {
    Role.HOLDER: frozenset(Right),
    Role.PAYER: frozenset({Right.VIEW, Right.PAY}),
    Role.LANDLORD: frozenset({Right.VIEW}),
    Role.AUTHORISED: frozenset({Right.VIEW, Right.PAY, Right.MANAGE}),
    Role.READ_ONLY: frozenset({Right.VIEW}),
}

# What a holder may give to a delegate, from the least to the most.
DELEGATE_SCOPES = (Role.READ_ONLY, Role.PAYER, Role.AUTHORISED)


def role_words(role: str) -> str:
    """Return what a role lets a person do, as a holder reads it."""
    words = {
        Role.HOLDER: _("see, pay, manage and invite others"),
        Role.AUTHORISED: _("see, pay and change contact data"),
        Role.PAYER: _("see and pay"),
        Role.LANDLORD: _("see, as the landlord"),
        Role.READ_ONLY: _("see"),
    }
    return words[Role(role)]


def roles_with(right: Right) -> list[str]:
    """Return the roles that have a right."""
    return [role for role, rights in RIGHTS.items() if right in rights]
