"""P03, P04: what goes back to payers, in our rows and in the books."""

from __future__ import annotations

from core.integrity import Finding, Scope, findings

ALIVE = "('requested', 'approved', 'submitting', 'unknown', 'pending', 'succeeded')"
BOOKED = """
    SELECT r.id,
           COALESCE(sum(CASE WHEN la.kind = 'refunds_payable' THEN -p.amount END), 0) AS payable,
           COALESCE(sum(CASE WHEN la.kind = 'stripe_clearing' THEN -p.amount END), 0) AS sent,
           COALESCE(sum(CASE WHEN la.kind IN ('receivable', 'suspense') THEN p.amount END), 0)
               AS taken
    FROM payments_refund r
    LEFT JOIN ledger_entry e ON e.state = 'posted'
        AND e.event_type IN ('refund.requested', 'refund.succeeded', 'refund.failed')
        AND (e.source_key LIKE 'rf:' || r.id || ':%%'
             OR e.source_key LIKE 're:' || r.provider_id || ':%%')
    LEFT JOIN ledger_posting p ON p.entry_id = e.id
    LEFT JOIN ledger_account la ON la.id = p.account_id
    GROUP BY r.id
"""
STANDING = """
    CASE WHEN r.state IN ('approved', 'submitting', 'unknown', 'pending')
         THEN r.amount_minor || ' payable, 0 sent, ' || r.amount_minor || ' taken'
         WHEN r.state = 'succeeded'
         THEN '0 payable, ' || r.amount_minor || ' sent, ' || r.amount_minor || ' taken'
         ELSE '0 payable, 0 sent, 0 taken' END
"""


def give_back_what_came(scope: Scope) -> list[Finding]:
    """P03: refunds that live and chargebacks that are not won are at most what was received."""
    if scope.account_id is not None:
        condition, parameters = "p.account_id = %s", [scope.account_id]
    else:
        condition, parameters = "1 = 1", []
    return findings(
        f"""
        SELECT 'payment ' || reference, refunded || ' refunded, ' || charged || ' taken back',
               'at most ' || amount_minor
        FROM (
            SELECT p.reference, p.amount_minor,
                   COALESCE((SELECT sum(r.amount_minor) FROM payments_refund r
                             LEFT JOIN payments_suspenseitem s ON s.id = r.suspense_item_id
                             WHERE (r.payment_id = p.id OR s.payment_id = p.id)
                               AND r.state IN {ALIVE}), 0) AS refunded,
                   COALESCE((SELECT sum(c.amount_minor) FROM payments_chargeback c
                             WHERE c.payment_id = p.id AND c.state = 'lost'), 0) AS charged
            FROM payments_payment p WHERE p.intent_id IS NOT NULL AND {condition}) sums
        WHERE refunded + charged > amount_minor
        """,
        parameters,
    )


def are_booked(scope: Scope) -> list[Finding]:
    """P04: a refund on its way is payable, one that succeeded was sent, a failed one nets zero."""
    if scope.account_id is not None:
        return []
    unlike = findings(
        f"""
        SELECT subject, said, wanted FROM (
            SELECT 'refund ' || r.id || ' ' || r.state AS subject,
                   b.payable || ' payable, ' || b.sent || ' sent, ' || b.taken || ' taken' AS said,
                   {STANDING} AS wanted
            FROM payments_refund r JOIN ({BOOKED}) b ON b.id = r.id) compared
        WHERE said <> wanted
        """
    )
    strange = findings(
        """
        SELECT e.source_key, e.event_type, 'a refund of ours' FROM ledger_entry e
        WHERE e.event_type IN ('refund.requested', 'refund.succeeded', 'refund.failed')
          AND NOT EXISTS (SELECT 1 FROM payments_refund r
              WHERE e.source_key LIKE 'rf:' || r.id || ':%%'
                 OR e.source_key LIKE 're:' || r.provider_id || ':%%')
        """
    )
    return unlike + strange
