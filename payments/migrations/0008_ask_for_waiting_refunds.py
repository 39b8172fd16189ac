"""Refunds that wait show in the inbox of those who decide, as those that are asked for now do."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import migrations

KIND = "refund.approve"


def ask(apps: Any, schema_editor: Any) -> None:
    """Write a request for each refund that somebody here asked for and nobody has decided on."""
    database = schema_editor.connection.alias
    approvals = apps.get_model("accounts", "Approval").objects.using(database)
    events = apps.get_model("accounts", "AuditEvent").objects.using(database)
    refunds = apps.get_model("payments", "Refund").objects.using(database)
    waiting = refunds.filter(state="requested", requested_by__isnull=False)
    for refund in (
        waiting.select_related("payment__account", "requested_by").order_by("pk").iterator()
    ):
        approval, is_new = approvals.get_or_create(
            kind=KIND,
            object_type="payments.refund",
            state="pending",
            object_key=str(refund.pk),
            defaults={
                "account_id": refund.payment.account_id if refund.payment else None,
                "amount_minor": refund.amount_minor,
                "currency": refund.currency,
                "fingerprint": _digest(refund.parameters),
                "reason": refund.reason,
                "requested_by_id": refund.requested_by_id,
                "requested_at": refund.changed_at,
            },
        )
        if is_new:
            events.create(**_event(approval, refund))


def _event(approval: Any, refund: Any) -> dict[str, Any]:
    """Return what the audit trail has of a request, in the name of who asked."""
    account = refund.payment.account if refund.payment else None
    return {
        "actor_id": refund.requested_by_id,
        "actor_name": refund.requested_by.email[:120],
        "action": "approval.ask",
        "object_type": "accounts.approval",
        "object_key": str(approval.pk),
        "account_id": account.pk if account else None,
        "customer_id": account.customer_id if account else None,
        "detail": {"kind": KIND, "amount_minor": refund.amount_minor, "note": refund.reason},
    }


def _digest(parameters: dict[str, Any]) -> str:
    text = json.dumps(parameters, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0007_refund_parameters_stay"),
        ("accounts", "0005_decided_once"),
    ]

    operations = [migrations.RunPython(ask, migrations.RunPython.noop)]
