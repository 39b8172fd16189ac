"""P02, P06, P08: attempts that live, their history, and answers that are awaited."""

from __future__ import annotations

from datetime import timedelta

from core.integrity import Finding, Scope, findings
from payments.checks.scoping import moment, within
from payments.models import LIVE
from payments.states import NEXT

OVERDUE_PAGE = timedelta(days=2)  # after the hosted page expired
LONGEST = timedelta(days=21)  # a bank debit on its way
LAST_LOOK = timedelta(days=16)  # of the janitor, with a day to spare
LIVE_STATES = ", ".join(f"'{state}'" for state in LIVE)
BEGINNINGS = ("created", "processing", "succeeded")  # the last two of attempts that were restored
STEPS = ", ".join(
    [f"':{state}'" for state in BEGINNINGS]
    + [f"'{before}:{after}'" for before in NEXT for after in sorted(NEXT[before])]
)


def are_live_once(scope: Scope) -> list[Finding]:
    """P02: nothing is paid by two live attempts, and no live attempt is older than it may be."""
    own, parameters = within(scope, account="a.account_id", moments=["a.changed_at"])
    twice = findings(
        f"""
        SELECT 'target ' || a.target, count(*) || ' live attempts', '1'
        FROM payments_paymentattempt a WHERE a.state IN ({LIVE_STATES}) AND {own}
        GROUP BY a.target HAVING count(*) > 1
        """,
        parameters,
    )
    old = findings(
        f"""
        SELECT 'attempt ' || a.reference, a.state || ' since ' || a.changed_at, 'ended'
        FROM payments_paymentattempt a WHERE a.state IN ({LIVE_STATES}) AND {own}
          AND ((a.state = 'open' AND a.session_expires_at < %s)
               OR (a.state IN ('processing', 'requires_action') AND a.changed_at < %s))
        """,
        [*parameters, moment(scope.now - OVERDUE_PAGE), moment(scope.now - LONGEST)],
    )
    return twice + old


def move_on(scope: Scope) -> list[Finding]:
    """P06: each step begins where the last one ended and goes where it may; none is missing."""
    own, parameters = within(scope, account="a.account_id", moments=["a.changed_at"])
    steps = f"""
        SELECT a.reference, a.state, c.id, c.from_state, c.to_state,
               lag(c.to_state) OVER (PARTITION BY c.attempt_id ORDER BY c.id) AS previous,
               lead(c.id) OVER (PARTITION BY c.attempt_id ORDER BY c.id) AS following
        FROM payments_paymentattempt a
        LEFT JOIN payments_attemptchange c ON c.attempt_id = a.id WHERE {own}
    """
    return findings(
        f"""
        SELECT 'attempt ' || reference,
               COALESCE(from_state, '') || ' -> ' || COALESCE(to_state, 'no history'),
               'a step from ' || COALESCE(previous, 'nothing')
                   || CASE WHEN following IS NULL THEN ' to ' || state ELSE '' END
        FROM ({steps}) steps
        WHERE id IS NULL OR from_state <> COALESCE(previous, '')
           OR from_state || ':' || to_state NOT IN ({STEPS})
           OR (following IS NULL AND to_state <> state)
        """,
        parameters,
    )


def are_answered(scope: Scope) -> list[Finding]:
    """P08: the janitor has brought every attempt and refund to an answer in time."""
    last = moment(scope.now - LAST_LOOK)
    own, parameters = within(scope, account="a.account_id", moments=["a.changed_at"])
    attempts = findings(
        f"""
        SELECT 'attempt ' || a.reference, a.state || ' since ' || a.changed_at, 'an answer'
        FROM payments_paymentattempt a
        WHERE a.state IN ('created', 'submitting', 'unknown') AND a.changed_at < %s AND {own}
        """,
        [last, *parameters],
    )
    own, parameters = within(scope, account="p.account_id", moments=["r.changed_at"])
    refunds = findings(
        f"""
        SELECT 'refund ' || r.id, r.state || ' since ' || r.changed_at, 'an answer'
        FROM payments_refund r LEFT JOIN payments_payment p ON p.id = r.payment_id
        WHERE r.state IN ('approved', 'submitting', 'unknown') AND r.changed_at < %s AND {own}
        """,
        [last, *parameters],
    )
    return attempts + refunds
