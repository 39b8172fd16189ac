"""P05: what payers' banks took back, in our rows and in the books."""

from __future__ import annotations

from core.integrity import Finding, Scope, findings
from payments.checks.scoping import part, within

MOVED = """
    SELECT b.source_id AS dispute, -sum(b.amount_minor) AS withdrawn, sum(b.fee_minor) AS fee
    FROM payments_balancetransaction b
    JOIN payments_chargeback c ON c.provider_id = b.source_id GROUP BY b.source_id
"""


def are_booked(scope: Scope) -> list[Finding]:
    """P05: an open chargeback stands in `disputed`, a lost one is owed again, a won one nowhere.

    How much follows from the movements of our balance that name it.
    """
    own, parameters = within(scope, account="p.account_id", moments=["c.opened_at", "c.closed_at"])
    unlike = findings(
        f"""
        SELECT subject, said, wanted FROM (
            SELECT 'chargeback ' || c.provider_id || ' ' || c.state AS subject,
                   COALESCE(b.held, 0) || ' held, ' || COALESCE(b.owed, 0)
                       || ' owed again, fee ' || COALESCE(b.fee, 0) AS said,
                   CASE WHEN c.state = 'lost' AND c.payment_id IS NOT NULL
                        THEN '0 held, ' || COALESCE(m.withdrawn, 0)
                        ELSE COALESCE(m.withdrawn, 0) || ' held, 0' END
                       || ' owed again, fee ' || COALESCE(m.fee, 0) AS wanted
            FROM payments_chargeback c
            LEFT JOIN ({_booked()}) b ON b.dispute = c.provider_id
            LEFT JOIN ({MOVED}) m ON m.dispute = c.provider_id
            LEFT JOIN payments_payment p ON p.id = c.payment_id
            WHERE {own}) compared
        WHERE said <> wanted
        """,
        parameters,
    )
    unpaid = findings(
        f"""
        SELECT 'chargeback ' || c.provider_id, 'won, ' || m.withdrawn || ' not back yet', '0'
        FROM payments_chargeback c JOIN ({MOVED}) m ON m.dispute = c.provider_id
        LEFT JOIN payments_payment p ON p.id = c.payment_id
        WHERE c.state = 'won' AND m.withdrawn <> 0 AND {own}
        """,
        parameters,
        warn=True,
    )
    return unlike + unpaid


def _booked() -> str:
    """Return the SQL of what the books say, by dispute; a movement or the dispute names it."""
    return f"""
        SELECT named.dispute,
               sum(CASE WHEN la.kind IN ('disputed', 'suspense') THEN lp.amount ELSE 0 END)
                   AS held,
               sum(CASE WHEN la.kind = 'receivable' THEN lp.amount ELSE 0 END) AS owed,
               sum(CASE WHEN la.kind = 'dispute_fees' THEN lp.amount ELSE 0 END) AS fee
        FROM (
            SELECT b.source_id AS dispute, e.id AS entry_id
            FROM ledger_entry e
            JOIN payments_balancetransaction b ON b.provider_id = {part("e.source_key")}
            WHERE e.event_type IN ('chargeback.withdrawn', 'chargeback.reinstated')
              AND e.state = 'posted'
            UNION ALL
            SELECT {part("e.source_key")}, e.id FROM ledger_entry e
            WHERE e.event_type IN ('chargeback.lost', 'chargeback.regained')
              AND e.state = 'posted'
        ) named
        JOIN ledger_posting lp ON lp.entry_id = named.entry_id
        JOIN ledger_account la ON la.id = lp.account_id
        GROUP BY named.dispute
    """
