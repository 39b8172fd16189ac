"""Sentences that several of these notices share."""

from __future__ import annotations

from uuid import uuid4

from django.utils.translation import gettext as _

from accounts.models import AssistanceGrant, User, Utility


def by_whom(actor: User, grant: AssistanceGrant | None) -> str:
    """Say who did it: our people by their team and reason, a customer by name."""
    if grant is not None:
        reason = grant.get_reason_display()
        return _("Our customer service did this while helping you (%(reason)s).") % {
            "reason": reason
        }
    return _("%(name)s did this on our pages.") % {"name": actor.get_full_name()}


def if_unexpected(house: Utility) -> str:
    """Say what to do when the customer did not want it, and how to reach us."""
    said = _("If you did not ask for this, tell us at once.")
    ways = [way for way in (house.phone, house.email) if way]
    return f"{said} {' · '.join(ways)}".strip()


def new_key(kind: str) -> str:
    """Return the key of a notice about something that happens once, in one transaction."""
    return f"{kind}:{uuid4().hex}"
