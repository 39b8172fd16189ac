"""L05, L06, L11: accounts and their balances."""

from __future__ import annotations

from core.integrity import Finding, Scope, findings

SUMS = """
    SELECT la.account_id, p.currency,
           sum(CASE WHEN la.kind = 'receivable' THEN p.amount ELSE 0 END) AS receivable,
           sum(CASE WHEN la.kind = 'prepaid' THEN -p.amount ELSE 0 END) AS prepaid,
           sum(CASE WHEN la.kind = 'deposit' THEN -p.amount ELSE 0 END) AS deposit,
           sum(CASE WHEN la.kind = 'disputed' THEN p.amount ELSE 0 END) AS disputed,
           count(*) AS postings
    FROM ledger_account la
    JOIN ledger_posting p ON p.account_id = la.id
    JOIN ledger_entry e ON e.id = p.entry_id
    WHERE e.state = 'posted' AND {condition}
    GROUP BY la.account_id, p.currency
"""
NUMBERS = """
    SELECT la.account_id, p.currency, count(*) AS postings,
           count(DISTINCT p.account_seq) AS numbers, max(p.account_seq) AS last_number
    FROM ledger_account la
    JOIN ledger_posting p ON p.account_id = la.id
    WHERE {condition} GROUP BY la.account_id, p.currency
"""
NAME = "'account ' || {row}.account_id || ' ' || {row}.currency"


def of_account(scope: Scope, row: str) -> tuple[str, list[int]]:
    """Return the condition that a row belongs to the scope's account, and its parameters."""
    if scope.account_id is None:
        return f"{row}.account_id IS NOT NULL", []
    return f"{row}.account_id = %s", [scope.account_id]


def balances_equal_postings(scope: Scope) -> list[Finding]:
    """L05: every kept balance is the sum of its postings."""
    own, parameters = of_account(scope, "la")
    kept, more = of_account(scope, "b")
    differing = findings(
        f"""
        SELECT {NAME.format(row="b")},
               b.balance_minor || ', ' || b.prepaid_minor || ', ' || b.deposit_minor
                   || ', ' || b.disputed_minor,
               COALESCE(s.receivable, 0) || ', ' || COALESCE(s.prepaid, 0) || ', '
                   || COALESCE(s.deposit, 0) || ', ' || COALESCE(s.disputed, 0)
        FROM ledger_balance b
        LEFT JOIN ({SUMS.format(condition=own)}) s
               ON s.account_id = b.account_id AND s.currency = b.currency
        WHERE {kept} AND (b.balance_minor <> COALESCE(s.receivable, 0)
           OR b.prepaid_minor <> COALESCE(s.prepaid, 0)
           OR b.deposit_minor <> COALESCE(s.deposit, 0)
           OR b.disputed_minor <> COALESCE(s.disputed, 0))
        """,
        [*parameters, *more],
    )
    return differing + _without_balance(scope)


def _without_balance(scope: Scope) -> list[Finding]:
    own, parameters = of_account(scope, "la")
    return findings(
        f"""
        SELECT {NAME.format(row="s")}, 'no balance row', s.postings || ' postings'
        FROM ({SUMS.format(condition=own)}) s
        WHERE NOT EXISTS (SELECT 1 FROM ledger_balance b
            WHERE b.account_id = s.account_id AND b.currency = s.currency)
        """,
        parameters,
    )


def are_chained(scope: Scope) -> list[Finding]:
    """L06: numbered 1..n over all kinds of an account; each balance follows from the last."""
    own, parameters = of_account(scope, "la")
    numbers = findings(
        f"""
        SELECT {NAME.format(row="s")},
               s.numbers || ' numbers up to ' || COALESCE(s.last_number, 0)
                   || ', kept ' || COALESCE(b.last_seq, 0),
               '1..' || s.postings
        FROM ({NUMBERS.format(condition=own)}) s
        LEFT JOIN ledger_balance b ON b.account_id = s.account_id AND b.currency = s.currency
        WHERE s.numbers <> s.postings OR s.last_number <> s.postings
           OR COALESCE(b.last_seq, 0) <> s.postings
        """,
        parameters,
    )
    chain = findings(
        f"""
        SELECT 'account ' || account_id || ' ' || kind || ' number ' || account_seq,
               balance_after, COALESCE(before, 0) + amount
        FROM (
            SELECT la.account_id, la.kind, p.account_seq, p.amount, p.balance_after,
                   lag(p.balance_after) OVER (
                       PARTITION BY p.account_id ORDER BY p.account_seq) AS before
            FROM ledger_account la JOIN ledger_posting p ON p.account_id = la.id
            WHERE {own}) chained
        WHERE balance_after <> COALESCE(before, 0) + amount
        """,
        parameters,
    )
    return numbers + chain


def customers_not_overdrawn(scope: Scope) -> list[Finding]:
    """L11: a customer's prepaid money and deposit are not below zero."""
    own, parameters = of_account(scope, "b")
    return findings(
        f"""
        SELECT {NAME.format(row="b")},
               'prepaid ' || b.prepaid_minor || ', deposit ' || b.deposit_minor, '0 or more'
        FROM ledger_balance b WHERE {own} AND (b.prepaid_minor < 0 OR b.deposit_minor < 0)
        """,
        parameters,
    )
