"""What an employee had typed when their time was over.

It belongs to that employee and that customer: nobody else gets it back, and the next session with
the same customer fills the form again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from accounts import drafts
from accounts.drafts import forget_old
from accounts.models import AssistanceGrant
from accounts.operations.audit import audit

__all__ = ["forget_old", "keep", "kept", "used"]

NEVER_KEPT = {"csrfmiddlewaretoken", "help_session", "confirmed"}
SECRET = ("password", "code", "otp", "token")


def keep(
    grant: AssistanceGrant, page: str, fields: Mapping[str, str], *, real_now: datetime
) -> bool:
    """Keep what was typed on a page, in place of what was kept of it before; say whether it was.

    Passwords and codes are left out; what is longer than any form of ours is not kept.
    """
    typed = {name: text for name, text in fields.items() if _may_be_kept(name)}
    customer = grant.customer
    draft = drafts.keep(grant.employee, page, typed, real_now=real_now, customer=customer)
    if draft:
        audit("help.draft", draft, actor=grant.employee, customer=customer)
    return draft is not None


def kept(grant: AssistanceGrant, page: str) -> dict[str, str]:
    """Return what this employee had typed on this page about this customer, or nothing."""
    return drafts.kept(grant.employee, page, customer=grant.customer)


def used(grant: AssistanceGrant, page: str) -> None:
    """Forget a draft: its form was sent."""
    drafts.forget(grant.employee, page, customer=grant.customer)


def _may_be_kept(name: str) -> bool:
    return name not in NEVER_KEPT and not any(word in name.lower() for word in SECRET)
