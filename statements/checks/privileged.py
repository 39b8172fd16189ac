"""U01: approved runs, cancelled bills and adjustments against the audit trail."""

from __future__ import annotations

from accounts.checks.deeds import Deed, without_event
from core.integrity import Finding, Scope

ACCOUNT = "(SELECT s.account_id FROM statements_statement s WHERE s.id = t.statement_id)"


def _adjustment(action: str, where: str) -> Deed:
    return Deed("statements_adjustment", "statements.adjustment", (action,), where, account=ACCOUNT)


DEEDS = (
    Deed(
        "statements_billingrun",
        "statements.billingrun",
        ("billing_run.approve",),
        "t.approved_by <> ''",
        moment="recorded_at",
    ),
    Deed(
        "statements_cancellation",
        "statements.statement",
        ("statement.cancel",),
        key="t.statement_id",
        account=ACCOUNT,
        moment="recorded_at",
    ),
    _adjustment("adjustment.ask", "1 = 1"),
    _adjustment("adjustment.approve", "t.state IN ('posted', 'reversed') AND t.decided_by_id > 0"),
    _adjustment("adjustment.reject", "t.state = 'rejected'"),
    _adjustment("adjustment.withdraw", "t.state = 'withdrawn'"),
    _adjustment("adjustment.reverse", "t.state = 'reversed'"),
)


def are_written_down(scope: Scope) -> list[Finding]:
    """U01: who approved a run, cancelled a bill or adjusted one, and when, can be read."""
    return without_event(DEEDS, scope)
