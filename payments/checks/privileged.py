"""U01: money that a person took, gave back or waived, against the audit trail."""

from __future__ import annotations

from accounts.checks.deeds import Deed, without_event
from core.integrity import Finding, Scope

OF_REFUND = "(SELECT p.account_id FROM payments_payment p WHERE p.id = t.payment_id)"
OF_FEE = "(SELECT s.account_id FROM statements_statement s WHERE s.id = t.statement_id)"
AT_COUNTER = "t.attempt_id IS NULL AND t.intent_id IS NULL"


def _refund(action: str, where: str) -> Deed:
    return Deed(
        "payments_refund",
        "payments.refund",
        (action,),
        where,
        account=OF_REFUND,
        moment="changed_at",
    )


def _payment(action: str, where: str) -> Deed:
    return Deed("payments_payment", "payments.payment", (action,), where, account="t.account_id")


DEEDS = (
    _refund("refund.request", "t.origin = 'staff'"),
    _refund("refund.reject", "t.decided_by_id > 0 AND t.state = 'rejected'"),
    _refund("refund.approve", "t.decided_by_id > 0 AND t.state <> 'rejected'"),
    _payment("payment.record", AT_COUNTER),
    _payment("payment.reverse", f"{AT_COUNTER} AND t.state = 'reversed'"),
    Deed(
        "payments_suspenseitem",
        "payments.suspenseitem",
        ("suspense.resolve",),
        "t.state = 'resolved'",
    ),
    Deed(
        "payments_latefee",
        "payments.latefee",
        ("late_fee.waive",),
        "t.state = 'waived'",
        account=OF_FEE,
    ),
)


def are_written_down(scope: Scope) -> list[Finding]:
    """U01: who took, refunded, gave away or waived money, and when, can be read."""
    return without_event(DEEDS, scope)
