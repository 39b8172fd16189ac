"""A01-A06: which credit paid which debit, and what is left."""

from __future__ import annotations

from core.integrity import Finding, Scope, findings
from ledger.checks.accounts import NAME, of_account
from ledger.items import NET_AMOUNT
from ledger.open_debits import LEFT, OF_DEBIT

SIDES = {"credit_id": "-p.amount", "debit_id": "p.amount"}  # what a side may give at most

ITEMS = f"""
    SELECT la.account_id, p.currency,
           sum(CASE WHEN p.amount > 0 THEN p.amount - COALESCE(d.used, 0) ELSE 0 END) AS open_debt,
           sum(CASE WHEN p.amount < 0 THEN -p.amount - COALESCE(c.used, 0) ELSE 0 END) AS unapplied
    FROM ledger_account la
    JOIN ledger_posting p ON p.account_id = la.id
    JOIN ledger_entry e ON e.id = p.entry_id
    LEFT JOIN (SELECT a.debit_id, {NET_AMOUNT} AS used FROM ledger_allocation a
               GROUP BY a.debit_id) d ON d.debit_id = p.id
    LEFT JOIN (SELECT a.credit_id, {NET_AMOUNT} AS used FROM ledger_allocation a
               GROUP BY a.credit_id) c ON c.credit_id = p.id
    WHERE la.kind = 'receivable' AND e.state = 'posted' AND {{condition}}
    GROUP BY la.account_id, p.currency
"""


def stay_within(scope: Scope) -> list[Finding]:
    """A01: what is allocated of a posting lies between zero and its amount; rows are positive."""
    own, parameters = of_account(scope, "la")
    beyond = [
        finding
        for side, most in SIDES.items()
        for finding in findings(
            f"""
            SELECT 'posting ' || p.id, {NET_AMOUNT}, '0 to ' || {most}
            FROM ledger_allocation a JOIN ledger_posting p ON p.id = a.{side}
            JOIN ledger_account la ON la.id = p.account_id WHERE {own}
            GROUP BY p.id, p.amount HAVING {NET_AMOUNT} NOT BETWEEN 0 AND {most}
            """,
            parameters,
        )
    ]
    return beyond + findings(
        f"""
        SELECT 'allocation ' || a.id, a.amount, 'more than 0' FROM ledger_allocation a
        JOIN ledger_posting p ON p.id = a.credit_id
        JOIN ledger_account la ON la.id = p.account_id WHERE a.amount <= 0 AND {own}
        """,
        parameters,
    )


def stay_at_home(scope: Scope) -> list[Finding]:
    """A02: credit and debit lie on the same receivable, in the same currency."""
    own, parameters = of_account(scope, "la")
    return findings(
        f"""
        SELECT 'allocation ' || a.id,
               'credit on ' || c.account_id || ' ' || c.currency,
               'debit on ' || d.account_id || ' ' || d.currency
        FROM ledger_allocation a
        JOIN ledger_posting c ON c.id = a.credit_id JOIN ledger_posting d ON d.id = a.debit_id
        JOIN ledger_account la ON la.id = d.account_id
        WHERE {own} AND (c.account_id <> d.account_id OR c.currency <> d.currency
           OR la.kind <> 'receivable')
        """,
        parameters,
    )


def explain_balance(scope: Scope) -> list[Finding]:
    """A03: open debits less unapplied credits are the balance; the credit is the kept one."""
    kept, parameters = of_account(scope, "b")
    own, more = of_account(scope, "la")
    return findings(
        f"""
        SELECT {NAME.format(row="b")},
               COALESCE(i.open_debt, 0) || ' open less ' || COALESCE(i.unapplied, 0)
                   || ' unapplied',
               b.balance_minor || ' of which ' || b.available_credit || ' unapplied'
        FROM ledger_balance b LEFT JOIN ({ITEMS.format(condition=own)}) i
          ON i.account_id = b.account_id AND i.currency = b.currency
        WHERE {kept} AND (
            COALESCE(i.open_debt, 0) - COALESCE(i.unapplied, 0) <> b.balance_minor
            OR COALESCE(i.unapplied, 0) <> b.available_credit)
        """,
        [*more, *parameters],
    )


def leave_none_idle(scope: Scope) -> list[Finding]:
    """A04 (warning): an account holds unapplied credit and owes at the same time."""
    own, parameters = of_account(scope, "la")
    return findings(
        f"""
        SELECT {NAME.format(row="i")}, i.unapplied || ' unapplied', i.open_debt || ' open'
        FROM ({ITEMS.format(condition=own)}) i WHERE i.unapplied > 0 AND i.open_debt > 0
        """,
        parameters,
        warn=True,
    )


def are_countered_once(scope: Scope) -> list[Finding]:
    """A05: a counter-row repeats its row exactly, there is one, and it has none itself."""
    own, parameters = of_account(scope, "la")
    return findings(
        f"""
        SELECT 'allocation ' || a.id,
               count(*) || ' counter-rows of ' || min(k.amount), '1 of ' || a.amount
        FROM ledger_allocation k JOIN ledger_allocation a ON a.id = k.reverses_id
        JOIN ledger_posting p ON p.id = a.credit_id
        JOIN ledger_account la ON la.id = p.account_id WHERE {own}
        GROUP BY a.id, a.amount, a.reverses_id
        HAVING count(*) > 1 OR a.reverses_id IS NOT NULL
            OR max(CASE WHEN k.amount <> a.amount OR k.credit_id <> a.credit_id
                          OR k.debit_id <> a.debit_id THEN 1 ELSE 0 END) = 1
        """,
        parameters,
    )


def keep_what_is_open(scope: Scope) -> list[Finding]:
    """A06: the kept open debits are what the allocations leave of each, and say the same of it."""
    own, parameters = of_account(scope, "told")
    return findings(
        f"""
        SELECT 'debit ' || source_key, sum(kept) || ' kept', sum(due) || ' open'
        FROM (
            SELECT {OF_DEBIT}, open_minor AS kept, 0 AS due FROM ledger_open_debit
            UNION ALL
            SELECT {OF_DEBIT}, 0, open_minor FROM ({LEFT}) debits
        ) told WHERE {own} GROUP BY {OF_DEBIT} HAVING sum(kept) <> sum(due)
        """,
        parameters,
    )
