"""P05: what payers' banks took back, in our rows and in the books."""

from __future__ import annotations

from core.integrity import Finding, Scope, findings

MOVED = """
    SELECT b.source_id AS dispute, -sum(b.amount_minor) AS withdrawn, sum(b.fee_minor) AS fee
    FROM payments_balancetransaction b GROUP BY b.source_id
"""
BOOKED = """
    SELECT c.id,
           COALESCE(sum(CASE WHEN la.kind = 'disputed'
                               OR (la.kind = 'suspense' AND e.event_type LIKE 'chargeback.%%')
                             THEN p.amount END), 0) AS held,
           COALESCE(sum(CASE WHEN la.kind = 'receivable' THEN p.amount END), 0) AS owed,
           COALESCE(sum(CASE WHEN la.kind = 'dispute_fees' THEN p.amount END), 0) AS fee
    FROM payments_chargeback c
    LEFT JOIN ledger_entry e ON e.state = 'posted' AND (
        (e.event_type IN ('chargeback.lost', 'chargeback.regained')
             AND e.source_key LIKE 'dp:' || c.provider_id || ':lost%%')
        OR (e.event_type IN ('chargeback.withdrawn', 'chargeback.reinstated')
             AND e.reason = c.provider_id))
    LEFT JOIN ledger_posting p ON p.entry_id = e.id
    LEFT JOIN ledger_account la ON la.id = p.account_id
    GROUP BY c.id
"""


def are_booked(scope: Scope) -> list[Finding]:
    """P05: an open chargeback stands in `disputed`, a lost one is owed again, a won one nowhere.

    How much follows from the movements of our balance that name it.
    """
    if scope.account_id is not None:
        return []
    unlike = findings(
        f"""
        SELECT subject, said, wanted FROM (
            SELECT 'chargeback ' || c.provider_id || ' ' || c.state AS subject,
                   b.held || ' held, ' || b.owed || ' owed again, fee ' || b.fee AS said,
                   CASE WHEN c.state = 'lost' AND c.payment_id IS NOT NULL
                        THEN '0 held, ' || COALESCE(m.withdrawn, 0)
                        ELSE COALESCE(m.withdrawn, 0) || ' held, 0' END
                       || ' owed again, fee ' || COALESCE(m.fee, 0) AS wanted
            FROM payments_chargeback c JOIN ({BOOKED}) b ON b.id = c.id
            LEFT JOIN ({MOVED}) m ON m.dispute = c.provider_id) compared
        WHERE said <> wanted
        """
    )
    unpaid = findings(
        f"""
        SELECT 'chargeback ' || c.provider_id, 'won, ' || m.withdrawn || ' not back yet', '0'
        FROM payments_chargeback c JOIN ({MOVED}) m ON m.dispute = c.provider_id
        WHERE c.state = 'won' AND m.withdrawn <> 0
        """,
        warn=True,
    )
    return unlike + unpaid + _entries_of_nobody()


def _entries_of_nobody() -> list[Finding]:
    return findings(
        """
        SELECT e.source_key, e.event_type, 'a chargeback of ours' FROM ledger_entry e
        WHERE e.event_type LIKE 'chargeback.%%' AND NOT EXISTS (
            SELECT 1 FROM payments_chargeback c
            WHERE e.reason = c.provider_id OR e.source_key LIKE 'dp:' || c.provider_id || ':%%')
        """
    )
