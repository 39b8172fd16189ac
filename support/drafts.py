"""What an employee had typed when their time was over.

It belongs to that employee and that customer: nobody else gets it back, and the next session with
the same customer fills the form again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.models import AssistanceGrant, FormDraft
from accounts.operations.audit import audit

KEPT = timedelta(days=7)
LARGEST = 20_000  # characters
NEVER_KEPT = {"csrfmiddlewaretoken", "help_session", "confirmed"}
SECRET = ("password", "code", "otp", "token")


def keep(
    grant: AssistanceGrant, page: str, fields: Mapping[str, str], *, real_now: datetime
) -> bool:
    """Keep what was typed on a page, in place of what was kept of it before; say whether it was.

    Passwords and codes are left out; what is longer than any form of ours is not kept.
    """
    typed = {name: text for name, text in fields.items() if _may_be_kept(name)}
    body = json.dumps(typed)
    if not typed or len(body) > LARGEST or len(page) > 120:
        return False
    draft, _is_new = FormDraft.objects.update_or_create(
        owner=grant.employee,
        customer=grant.customer,
        page=page,
        defaults={"body": body, "saved_at": real_now},
    )
    audit("help.draft", draft, actor=grant.employee, customer=grant.customer)
    return True


def kept(grant: AssistanceGrant, page: str) -> dict[str, str]:
    """Return what this employee had typed on this page about this customer, or nothing."""
    draft = _drafts(grant, page).first()
    found: dict[str, str] = json.loads(draft.body) if draft else {}
    return found


def used(grant: AssistanceGrant, page: str) -> None:
    """Forget a draft: its form was sent."""
    _drafts(grant, page).delete()


def forget_old(real_now: datetime) -> int:
    """Delete the drafts that nobody came back for and return how many."""
    return FormDraft.objects.filter(saved_at__lt=real_now - KEPT).delete()[0]


def _drafts(grant: AssistanceGrant, page: str) -> QuerySet[FormDraft]:
    return FormDraft.objects.filter(owner=grant.employee, customer=grant.customer, page=page)


def _may_be_kept(name: str) -> bool:
    return name not in NEVER_KEPT and not any(word in name.lower() for word in SECRET)
