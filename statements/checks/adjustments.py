"""D10: adjustments against the books, their bill, their limit and the person who approved."""

from __future__ import annotations

from core.integrity import Finding, Scope, findings
from statements.checks.documents import within

KEY = "'adj:' || a.id"


def are_posted(scope: Scope) -> list[Finding]:
    """D10: what is posted has its entry, within the bill, the limit, or with a second person."""
    condition, parameters = within(scope)
    found = [
        *findings(ENTRIES.format(key=KEY, condition=condition), parameters),
        *findings(MORE_THAN_THE_BILL.format(condition=condition), parameters),
        *findings(NOT_APPROVED.format(condition=condition), parameters),
    ]
    if scope.is_whole:
        found += findings(OVER_THE_LIMIT) + findings(ORPHANS.format(key=KEY))
    return found


ENTRIES = """
SELECT 'adjustment ' || a.id || ' ' || a.state, COALESCE(CAST(booked.amount AS text), 'no entry')
        || CASE WHEN mirror.id IS NULL THEN '' ELSE ' and its reversal' END,
    CASE WHEN a.state IN ('posted', 'reversed') THEN CAST(a.amount_minor AS text)
        ELSE 'no entry' END
        || CASE WHEN a.state = 'reversed' THEN ' and its reversal' ELSE '' END
FROM statements_adjustment a
JOIN statements_statement s ON s.id = a.statement_id
LEFT JOIN (
    SELECT e.source_key, la.account_id, sum(p.amount) AS amount FROM ledger_entry e
    JOIN ledger_posting p ON p.entry_id = e.id
    JOIN ledger_account la ON la.id = p.account_id AND la.kind = 'receivable'
    WHERE e.state = 'posted' AND e.source_key LIKE 'adj:%%'
    GROUP BY e.source_key, la.account_id
) booked ON booked.source_key = {key} AND booked.account_id = s.account_id
LEFT JOIN ledger_entry mirror ON mirror.source_key = {key} || ':reverse'
WHERE {condition} AND (
    CASE WHEN a.state IN ('posted', 'reversed') THEN a.amount_minor ELSE 0 END
        <> COALESCE(booked.amount, 0)
    OR CASE WHEN a.state = 'reversed' THEN 1 ELSE 0 END
        <> CASE WHEN mirror.id IS NULL THEN 0 ELSE 1 END)
"""

MORE_THAN_THE_BILL = """
SELECT 'statement ' || s.id, 'credited ' || -sum(a.amount_minor), 'at most ' || s.total_minor
FROM statements_adjustment a JOIN statements_statement s ON s.id = a.statement_id
WHERE a.state IN ('posted', 'reversed') AND a.amount_minor < 0 AND {condition}
GROUP BY s.id, s.total_minor HAVING -sum(a.amount_minor) > s.total_minor
"""

NOT_APPROVED = """
SELECT 'adjustment ' || a.id, 'decided by user ' || a.decided_by_id, 'an approval of theirs'
FROM statements_adjustment a JOIN statements_statement s ON s.id = a.statement_id
WHERE a.state IN ('posted', 'reversed') AND a.decided_by_id IS NOT NULL AND {condition}
    AND NOT EXISTS (
        SELECT 1 FROM accounts_approval p
        WHERE p.object_type = 'statements.adjustment' AND p.object_key = CAST(a.id AS text)
            AND p.kind = 'adjustment.approve' AND p.state = 'approved'
            AND p.decided_by_id = a.decided_by_id AND p.amount_minor = a.amount_minor)
"""

OVER_THE_LIMIT = """
SELECT 'user ' || a.requested_by_id || ' on ' || a.requested_on,
    'adjusted ' || sum(abs(a.amount_minor)) || ' alone', 'at most ' || max(a.limit_minor)
FROM statements_adjustment a
WHERE a.state IN ('posted', 'reversed') AND a.decided_by_id IS NULL
GROUP BY a.requested_by_id, a.requested_on
HAVING sum(abs(a.amount_minor)) > max(a.limit_minor)
"""

ORPHANS = """
SELECT e.source_key, 'no such adjustment', 'an adjustment' FROM ledger_entry e
WHERE e.source_key LIKE 'adj:%%' AND NOT EXISTS (
    SELECT 1 FROM statements_adjustment a
    WHERE e.source_key IN ({key}, {key} || ':reverse'))
"""
