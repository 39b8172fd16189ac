"""L10: accounts that only pass money on are never overdrawn, and nothing stands in them long."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from core.integrity import Finding, Scope, findings

CLEARING_DAYS = 14  # longer than any usual pay-out takes
ITEM_DAYS = {"refunds_payable": 14, "suspense": 30, "disputed": 120}

CLEARING = """
    SELECT 'stripe_clearing ' || la.currency, sum(p.amount), 'paid out within {days} days'
    FROM ledger_account la
    JOIN ledger_posting p ON p.account_id = la.id
    JOIN ledger_entry e ON e.id = p.entry_id
    WHERE la.kind = 'stripe_clearing' AND e.state = 'posted'
    GROUP BY la.id, la.currency
    HAVING sum(p.amount) > sum(CASE WHEN p.amount > 0 AND {recent} THEN p.amount ELSE 0 END)
        OR sum(p.amount) < sum(CASE WHEN p.amount < 0 AND {recent} THEN p.amount ELSE 0 END)
"""
ITEMS = """
    SELECT kind || ' ' || source_key, abs(amount) || ' since ' || recorded_at, {expected}
    FROM (
        SELECT la.kind, e.source_key, e.recorded_at, p.amount,
               row_number() OVER (PARTITION BY p.account_id, p.amount ORDER BY p.id) AS place,
               sum(CASE WHEN p.amount {closes} 0 THEN 1 ELSE 0 END)
                   OVER (PARTITION BY p.account_id, abs(p.amount)) AS closed
        FROM ledger_account la
        JOIN ledger_posting p ON p.account_id = la.id
        JOIN ledger_entry e ON e.id = p.entry_id
        WHERE la.kind = %s AND e.state = 'posted'
          AND (SELECT sum(b.amount) FROM ledger_posting b WHERE b.account_id = la.id) <> 0
    ) items
    WHERE amount {opens} 0 AND place > closed AND recorded_at < %s ORDER BY recorded_at
"""


def pass_money_on(scope: Scope) -> list[Finding]:
    """L10: not overdrawn; and, as warnings, what stands longer than it should."""
    if not scope.is_whole:
        return []
    old = [item for kind in ITEM_DAYS for item in _old_items(kind, scope.now)]
    return _overdrawn() + _not_paid_out(scope.now) + old


def _overdrawn() -> list[Finding]:
    """What we owe as refunds, and unidentified receipts, never turn into a claim."""
    return findings(
        """
        SELECT la.kind || ' ' || la.code || ' ' || la.currency, sum(p.amount), '0 or a credit'
        FROM ledger_account la JOIN ledger_posting p ON p.account_id = la.id
        WHERE la.kind IN ('refunds_payable', 'suspense')
        GROUP BY la.id, la.kind, la.code, la.currency HAVING sum(p.amount) > 0
        """
    )


def _not_paid_out(now: datetime) -> list[Finding]:
    """More stands with the provider than came in lately: a pay-out clears the oldest first."""
    since = _moment(now - timedelta(days=CLEARING_DAYS))
    sql = CLEARING.format(days=CLEARING_DAYS, recent="e.recorded_at >= %s")
    return findings(sql, [since, since], warn=True)


def _old_items(kind: str, now: datetime) -> list[Finding]:
    """Entries that nothing of the same amount has cleared; of equal ones the newest are left."""
    opens, closes = (">", "<") if kind == "disputed" else ("<", ">")
    expected = f"'cleared within {ITEM_DAYS[kind]} days'"
    sql = ITEMS.format(opens=opens, closes=closes, expected=expected)
    return findings(sql, [kind, _moment(now - timedelta(days=ITEM_DAYS[kind]))], warn=True)


def _moment(value: datetime) -> object:
    return connection.ops.adapt_datetimefield_value(value)
