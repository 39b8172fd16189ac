"""The record of who did what, written in the transaction of the deed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from accounts.models import AuditEvent, CustomerAccount, User
from core.scrubbing import scrubbed_tree

SYSTEM = "system"


def audit(
    action: str,
    obj: Model,
    *,
    actor: User | None,
    account: CustomerAccount | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write one audit event; `action` reads noun.verb, `detail` holds no secrets,
    and a card number in it is masked.

    Without an actor the deed is the system's own.
    """
    AuditEvent.objects.create(
        actor=actor,
        actor_name=actor.email[:120] if actor else SYSTEM,
        action=action,
        object_type=obj._meta.label_lower,
        object_key=str(obj.pk),
        account=account,
        detail=scrubbed_tree(dict(detail or {})),
    )
