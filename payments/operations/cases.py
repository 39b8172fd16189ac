"""Hand to a person what no rule can decide, and close it with what was done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import CustomerAccount, User
from accounts.operations import audit
from payments.models import PaymentCase


class CaseClosed(Exception):
    """The case was closed already."""


class NoteMissing(ValueError):
    """A case is closed with a word about what was done."""


def open_case(
    kind: PaymentCase.Kind | str,
    key: str,
    *,
    account: CustomerAccount | None = None,
    about: str,
    detail: Mapping[str, Any] | None = None,
    now: datetime,
) -> PaymentCase:
    """Open a case, once for each kind and key; a repeat returns the first, open or closed.

    :param key: what it is about, unique among its kind: the provider's id, a reference
    :param about: the same in words that staff can search for
    """
    case, _ = PaymentCase.objects.get_or_create(
        key=f"{kind}:{key}",
        defaults={
            "kind": kind,
            "account": account,
            "about": about,
            "detail": dict(detail or {}),
            "opened_at": now,
        },
    )
    return case


@transaction.atomic
def close_case(case: PaymentCase, *, actor: User, note: str, now: datetime) -> None:
    """Close a case for good, with a note of what was done.

    :raises NoteMissing: if the note is empty
    :raises CaseClosed: if somebody else was faster
    """
    if not note.strip():
        raise NoteMissing("say what was done")
    still_open = PaymentCase.objects.filter(pk=case.pk, state=PaymentCase.State.OPEN)
    closed = {"closed_at": now, "closed_by": actor.email[:120], "note": note.strip()[:500]}
    if not still_open.update(state=PaymentCase.State.CLOSED, **closed):
        raise CaseClosed(f"case {case} was closed already")
    case.refresh_from_db()
    audit("case.close", case, actor=actor, account=case.account, detail={"note": case.note})
