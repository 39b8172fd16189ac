"""L01-L04, L07-L09: the entries themselves."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from core.integrity import Finding, Scope, findings

OLD_DRAFT = timedelta(minutes=1)
TOLERANCE_MINUTES = 5  # between the order of ids and that of the moments


def within(scope: Scope) -> tuple[str, list[object]]:
    """Return the condition on an entry `e` that the scope sets, and its parameters."""
    conditions = ["1 = 1"]
    parameters: list[object] = []
    if scope.account_id is not None:
        conditions.append(
            "e.id IN (SELECT own.entry_id FROM ledger_posting own JOIN ledger_account owner "
            "ON owner.id = own.account_id WHERE owner.account_id = %s)"
        )
        parameters.append(scope.account_id)
    if scope.since is not None:
        conditions.append("e.recorded_at >= %s")
        parameters.append(connection.ops.adapt_datetimefield_value(scope.since))
    return " AND ".join(conditions), parameters


def sum_to_zero(scope: Scope) -> list[Finding]:
    """L01: the postings of an entry sum to zero, in each currency."""
    condition, parameters = within(scope)
    return findings(
        f"""
        SELECT e.source_key || ' ' || p.currency, sum(p.amount), 0
        FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id
        WHERE {condition} GROUP BY e.id, e.source_key, p.currency HAVING sum(p.amount) <> 0
        """,
        parameters,
    )


def are_whole(scope: Scope) -> list[Finding]:
    """L02: two postings or more, no draft left behind, no posting without an entry."""
    condition, parameters = within(scope)
    old = connection.ops.adapt_datetimefield_value(scope.now - OLD_DRAFT)
    thin = findings(
        f"""
        SELECT e.source_key, count(p.id), '2 postings or more'
        FROM ledger_entry e LEFT JOIN ledger_posting p ON p.entry_id = e.id
        WHERE e.state = 'posted' AND {condition}
        GROUP BY e.id, e.source_key HAVING count(p.id) < 2
        """,
        parameters,
    )
    drafts = findings(
        f"""
        SELECT e.source_key, e.state, 'posted' FROM ledger_entry e
        WHERE e.state <> 'posted' AND e.recorded_at < %s AND {condition}
        """,
        [old, *parameters],
    )
    return thin + drafts + (_orphans() if scope.is_whole else [])


def _orphans() -> list[Finding]:
    return findings(
        """
        SELECT 'posting ' || p.id, 'no entry ' || p.entry_id, 'an entry' FROM ledger_posting p
        WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.id = p.entry_id)
        """
    )


def currencies_sum_to_zero(scope: Scope) -> list[Finding]:
    """L03: all postings of a currency together; only for the whole of the books."""
    if not scope.is_whole:
        return []
    return findings(
        "SELECT currency, sum(amount), 0 FROM ledger_posting GROUP BY currency "
        "HAVING sum(amount) <> 0"
    )


def share_one_currency(scope: Scope) -> list[Finding]:
    """L04: a posting has the currency of its entry and of its ledger account."""
    condition, parameters = within(scope)
    return findings(
        f"""
        SELECT e.source_key || ' posting ' || p.id, p.currency,
               'entry ' || e.currency || ', account ' || COALESCE(la.currency, 'absent')
        FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id
        LEFT JOIN ledger_account la ON la.id = p.account_id
        WHERE (p.currency <> e.currency OR la.currency IS NULL OR p.currency <> la.currency)
          AND {condition}
        """,
        parameters,
    )


def have_one_key(scope: Scope) -> list[Finding]:
    """L07: a source key stands once. What it points at is compared by the app that made it."""
    condition, parameters = within(scope)
    return findings(
        f"""
        SELECT e.source_key, count(*), 1 FROM ledger_entry e WHERE {condition}
        GROUP BY e.source_key HAVING count(*) > 1
        """,
        parameters,
    )


def are_mirrored_once(scope: Scope) -> list[Finding]:
    """L08: reversed at most once, by the exact mirror, which is not itself reversed."""
    condition, parameters = within(scope)
    twice = findings(
        f"""
        SELECT 'entry ' || e.reverses_id, count(*) || ' reversals', '1 reversal'
        FROM ledger_entry e WHERE e.reverses_id IS NOT NULL AND {condition}
        GROUP BY e.reverses_id HAVING count(*) > 1
        """,
        parameters,
    )
    unlike = findings(
        f"""
        SELECT e.source_key || ' account ' || p.account_id, sum(p.amount), 0
        FROM ledger_entry e JOIN ledger_posting p ON p.entry_id IN (e.id, e.reverses_id)
        WHERE e.reverses_id IS NOT NULL AND {condition}
        GROUP BY e.id, e.source_key, p.account_id
        HAVING sum(p.amount) <> 0
            OR sum(CASE WHEN p.entry_id = e.id THEN 1 ELSE -1 END) <> 0
        """,
        parameters,
    )
    chained = findings(
        f"""
        SELECT e.source_key, 'reverses the reversal ' || o.source_key, 'an entry of its own'
        FROM ledger_entry e JOIN ledger_entry o ON o.id = e.reverses_id
        WHERE o.reverses_id IS NOT NULL AND {condition}
        """,
        parameters,
    )
    return twice + unlike + chained


def are_in_time(scope: Scope) -> list[Finding]:
    """L09: recorded in the order of ids, not in the future, not into closed days."""
    condition, parameters = within(scope)
    future = connection.ops.adapt_datetimefield_value(
        scope.now + timedelta(minutes=TOLERANCE_MINUTES)
    )
    ahead = findings(
        f"""
        SELECT e.source_key, e.recorded_at, 'not in the future' FROM ledger_entry e
        WHERE e.recorded_at > %s AND {condition}
        """,
        [future, *parameters],
    )
    late = findings(
        f"""
        SELECT e.source_key, 'dated ' || e.effective_date, 'after ' || c.effective_date
        FROM ledger_entry e JOIN ledger_close c
          ON e.effective_date <= c.effective_date AND e.recorded_at > c.recorded_at
        WHERE {condition}
        """,
        parameters,
    )
    return ahead + late + (_out_of_order() if scope.is_whole else [])


def _out_of_order() -> list[Finding]:
    earlier = (
        f"recorded_at < before - interval '{TOLERANCE_MINUTES} minutes'"
        if connection.vendor == "postgresql"
        else f"julianday(recorded_at) < julianday(before) - {TOLERANCE_MINUTES} / 1440.0"
    )
    return findings(
        f"""
        SELECT source_key, recorded_at, 'not before ' || before FROM (
            SELECT source_key, recorded_at, lag(recorded_at) OVER (ORDER BY id) AS before
            FROM ledger_entry) entries
        WHERE {earlier}
        """
    )
