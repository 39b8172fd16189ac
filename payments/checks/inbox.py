"""P07: nothing that the provider told us is left lying about."""

from __future__ import annotations

from datetime import timedelta

from core.integrity import Finding, Scope, findings
from payments.checks.scoping import moment

SOON = timedelta(minutes=15)


def is_worked_off(scope: Scope) -> list[Finding]:
    """P07: every event is processed, ignored for a reason, or laid aside for a person.

    One that is tried again and again is a warning until it is laid aside.
    """
    if scope.account_id is not None:
        return []
    late = moment(scope.now - SOON)
    untouched = findings(
        """
        SELECT 'event ' || v.id, v.type || ' since ' || v.received_at, 'processed'
        FROM payments_providerevent v
        WHERE v.state = 'received' AND v.attempts = 0 AND v.received_at < %s
        """,
        [late],
    )
    waiting = findings(
        """
        SELECT 'event ' || v.id, v.type || ' tried ' || v.attempts || ' times', 'processed'
        FROM payments_providerevent v
        WHERE v.state = 'received' AND v.attempts > 0 AND v.received_at < %s
        """,
        [late],
        warn=True,
    )
    strange = findings(
        """
        SELECT 'event ' || v.id, v.state || ' ' || v.reason, 'a known state with its reason'
        FROM payments_providerevent v
        WHERE v.state NOT IN ('received', 'processed', 'ignored', 'dead')
           OR (v.state = 'ignored' AND v.reason = '')
           OR (v.state = 'processed' AND v.processed_at IS NULL)
        """
    )
    return untouched + waiting + strange
