"""The record of who did and who saw what, written in the transaction of the deed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from accounts.models import AssistanceGrant, AuditEvent, Customer, CustomerAccount, User
from core import asking
from core.scrubbing import scrubbed_tree

SYSTEM = "system"


def audit(
    action: str,
    obj: Model,
    *,
    actor: User | None,
    account: CustomerAccount | None = None,
    customer: Customer | None = None,
    grant: AssistanceGrant | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write one audit event of a change; `action` reads noun.verb, `detail` holds no secrets,
    and a card number in it is masked.

    Without an actor the deed is the system's own.
    """
    basis = AuditEvent.Basis.GRANT if grant else AuditEvent.Basis.NONE
    _write(
        action,
        obj,
        actor=actor,
        account=account,
        customer_id=_customer_id(account, customer, grant),
        grant=grant,
        basis=basis,
        detail=detail,
    )


def audit_read(
    action: str,
    obj: Model,
    *,
    actor: User,
    account: CustomerAccount | None = None,
    customer: Customer | None = None,
    grant: AssistanceGrant | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write that staff looked at a customer's data: within a help session, or by their role."""
    basis = AuditEvent.Basis.GRANT if grant else AuditEvent.Basis.ROLE
    _write(
        action,
        obj,
        actor=actor,
        account=account,
        customer_id=_customer_id(account, customer, grant),
        grant=grant,
        basis=basis,
        kind=AuditEvent.Kind.READ,
        detail=detail,
    )


def audit_search(action: str, *, actor: User, terms: str, found: int) -> None:
    """Write that staff searched, for what, and how much was found."""
    detail = {"terms": terms[:200], "found": found}
    _write(action, actor, actor=actor, kind=AuditEvent.Kind.SEARCH, detail=detail)


def _customer_id(
    account: CustomerAccount | None, customer: Customer | None, grant: AssistanceGrant | None
) -> int | None:
    if customer:
        return customer.pk
    if account:
        return account.customer_id
    return grant.customer_id if grant else None


def _write(
    action: str, obj: Model, *, actor: User | None, detail: Mapping[str, Any] | None, **fields: Any
) -> None:
    request = asking.now()
    AuditEvent.objects.create(
        actor=actor,
        actor_name=actor.email[:120] if actor else SYSTEM,
        action=action,
        object_type=obj._meta.label_lower,
        object_key=str(obj.pk),
        ip=request.ip,
        request_id=request.request_id,
        detail=scrubbed_tree(dict(detail or {})),
        **fields,
    )
