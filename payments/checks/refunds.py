"""P03, P04: what goes back to payers, in our rows and in the books."""

from __future__ import annotations

from core.integrity import Finding, Scope, findings
from payments.checks.scoping import number, part, within

ALIVE = "('requested', 'approved', 'submitting', 'unknown', 'pending', 'succeeded')"
GONE = f"""
    SELECT intent_id, sum(refunded) AS refunded, max(asked) AS asked, sum(charged) AS charged
    FROM (
        SELECT COALESCE(p.intent_id, s.intent_id) AS intent_id,
               CASE WHEN r.state = 'requested' THEN 0 ELSE r.amount_minor END AS refunded,
               CASE WHEN r.state = 'requested' THEN r.amount_minor ELSE 0 END AS asked,
               0 AS charged
        FROM payments_refund r LEFT JOIN payments_payment p ON p.id = r.payment_id
        LEFT JOIN payments_suspenseitem s ON s.id = r.suspense_item_id WHERE r.state IN {ALIVE}
        UNION ALL
        SELECT c.intent_id, 0, 0, c.amount_minor FROM payments_chargeback c
        WHERE c.state = 'lost'
    ) parts GROUP BY intent_id
"""
TYPES = "('refund.requested', 'refund.succeeded', 'refund.failed')"
STANDING = """
    CASE WHEN r.state IN ('approved', 'submitting', 'unknown', 'pending')
         THEN r.amount_minor || ' payable, 0 sent, ' || r.amount_minor || ' taken'
         WHEN r.state = 'succeeded'
         THEN '0 payable, ' || r.amount_minor || ' sent, ' || r.amount_minor || ' taken'
         ELSE '0 payable, 0 sent, 0 taken' END
"""


def give_back_what_came(scope: Scope) -> list[Finding]:
    """P03: refunds that live and chargebacks that are lost are at most what was received.

    A refund that is only asked for moves nothing: it alone must not ask for more, and is looked
    at again when it is decided. A bank may take back what was refunded already: then the books are
    right, the customer owes it again, and a warning says so.
    """
    return [
        *_beyond("(g.refunded > {received} OR g.asked > {received})", scope, warn=False),
        *_beyond(
            "g.refunded <= {received} AND g.refunded + g.charged > {received}", scope, warn=True
        ),
    ]


def _beyond(condition: str, scope: Scope, *, warn: bool) -> list[Finding]:
    own, parameters = within(scope, account="p.account_id")
    received = "COALESCE(p.amount_minor, s.amount_minor, 0)"
    return findings(
        f"""
        SELECT 'payment ' || COALESCE(p.reference, g.intent_id),
               g.refunded || ' refunded, ' || g.asked || ' asked for, '
                   || g.charged || ' taken back',
               'at most ' || {received}
        FROM ({GONE}) g
        LEFT JOIN payments_payment p ON p.intent_id = g.intent_id
        LEFT JOIN payments_suspenseitem s ON s.intent_id = g.intent_id
        WHERE {own} AND {condition.format(received=received)}
        """,
        parameters,
        warn=warn,
    )


def are_booked(scope: Scope) -> list[Finding]:
    """P04: a refund on its way is payable, one that succeeded was sent, a failed one nets zero."""
    own, parameters = within(scope, account="p.account_id", moments=["r.changed_at"])
    return findings(
        f"""
        SELECT subject, said, wanted FROM (
            SELECT 'refund ' || r.id || ' ' || r.state AS subject,
                   COALESCE(b.payable, 0) || ' payable, ' || COALESCE(b.sent, 0) || ' sent, '
                       || COALESCE(b.taken, 0) || ' taken' AS said,
                   {STANDING} AS wanted
            FROM payments_refund r LEFT JOIN ({_booked()}) b ON b.refund_id = r.id
            LEFT JOIN payments_suspenseitem s ON s.id = r.suspense_item_id
            LEFT JOIN payments_payment p ON p.id = COALESCE(r.payment_id, s.payment_id)
            WHERE {own}) compared
        WHERE said <> wanted
        """,
        parameters,
    )


def _booked() -> str:
    """Return the SQL of what the books say, by refund; its own key or the provider's names it."""
    return f"""
        SELECT named.refund_id,
               sum(CASE WHEN la.kind = 'refunds_payable' THEN -lp.amount ELSE 0 END) AS payable,
               sum(CASE WHEN la.kind = 'stripe_clearing' THEN -lp.amount ELSE 0 END) AS sent,
               sum(CASE WHEN la.kind IN ('receivable', 'suspense') THEN lp.amount ELSE 0 END)
                   AS taken
        FROM (
            SELECT r.id AS refund_id, e.id AS entry_id
            FROM ledger_entry e JOIN payments_refund r ON r.id = {number("e.source_key")}
            WHERE e.event_type IN {TYPES} AND e.state = 'posted' AND e.source_key LIKE 'rf:%%'
            UNION ALL
            SELECT r.id, e.id
            FROM ledger_entry e JOIN payments_refund r ON r.provider_id = {part("e.source_key")}
            WHERE e.event_type IN {TYPES} AND e.state = 'posted' AND e.source_key LIKE 're:%%'
        ) named
        JOIN ledger_posting lp ON lp.entry_id = named.entry_id
        JOIN ledger_account la ON la.id = lp.account_id
        GROUP BY named.refund_id
    """
