"""P09: what was asked of the provider under a key is what was frozen for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from core.integrity import MOST, Finding, Scope, findings
from payments.frozen import digest
from payments.models import PaymentAttempt, Refund
from payments.operations.matching import RESTORED

COLUMNS = ("idempotency_key", "parameters", "parameters_digest", "amount_minor")


def are_frozen(scope: Scope) -> list[Finding]:
    """P09: parameters have the digest and the amount under which their key was sent, once."""
    attempts = PaymentAttempt.objects.order_by("pk")
    refunds = Refund.objects.order_by("pk")
    if scope.account_id is not None:
        attempts = attempts.filter(account_id=scope.account_id)
        refunds = refunds.filter(payment__account_id=scope.account_id)
    if scope.since is not None:
        attempts = attempts.filter(changed_at__gte=scope.since)
        refunds = refunds.filter(changed_at__gte=scope.since)
    return [*_attempts(attempts), *_refunds(refunds), *_keys_used_twice()][:MOST]


def _attempts(rows: QuerySet[PaymentAttempt]) -> Iterator[Finding]:
    for key, parameters, frozen, amount in rows.values_list(*COLUMNS).iterator():
        if digest(parameters) != frozen:
            yield Finding(f"attempt {key}", digest(parameters), frozen)
        elif parameters != RESTORED and _asked(parameters) != amount:
            yield Finding(f"attempt {key}", f"asks for {_asked(parameters)}", str(amount))


def _refunds(rows: QuerySet[Refund]) -> Iterator[Finding]:
    for key, parameters, frozen, amount in rows.values_list(*COLUMNS).iterator():
        if digest(parameters) != frozen:
            yield Finding(f"refund {key}", digest(parameters), frozen)
        elif parameters.get("amount") != amount:
            yield Finding(f"refund {key}", f"asks for {parameters.get('amount')}", str(amount))


def _asked(parameters: Mapping[str, Any]) -> int | None:
    try:
        amount: int = parameters["line_items"][0]["price_data"]["unit_amount"]
    except (LookupError, TypeError):
        return None
    return amount


def _keys_used_twice() -> list[Finding]:
    return findings(
        """
        SELECT idempotency_key, count(*) || ' requests', '1' FROM (
            SELECT idempotency_key FROM payments_paymentattempt
            UNION ALL SELECT idempotency_key FROM payments_refund) requests
        GROUP BY idempotency_key HAVING count(*) > 1
        """
    )
