"""P01: every attempt that succeeded, every payment and every unidentified receipt is booked."""

from __future__ import annotations

from core.integrity import Finding, Scope, findings
from payments.checks.scoping import within

BOOKED = """
    LEFT JOIN ledger_posting lp ON lp.entry_id = e.id
    LEFT JOIN ledger_account la ON la.id = lp.account_id
"""
CREDITED = """
    COALESCE(sum(CASE WHEN la.kind = 'receivable' AND la.account_id = p.account_id
                      THEN -lp.amount ELSE 0 END), 0)
"""
CLEARED = "COALESCE(sum(CASE WHEN la.kind = 'stripe_clearing' THEN lp.amount ELSE 0 END), 0)"
HELD = "COALESCE(sum(CASE WHEN la.kind = 'suspense' THEN -lp.amount ELSE 0 END), 0)"


def are_booked_once(scope: Scope) -> list[Finding]:
    """P01: an attempt succeeded if and only if its money is in the books, as it was received."""
    return [
        *_attempts_unlike_their_payment(scope),
        *_online_unlike_their_entry(scope),
        *_counter_unlike_their_entry(scope),
        *_items_unlike_their_entry(scope),
    ]


def _attempts_unlike_their_payment(scope: Scope) -> list[Finding]:
    own, parameters = within(scope, account="a.account_id", moments=["a.changed_at"])
    return findings(
        f"""
        SELECT 'attempt ' || a.reference, a.state || ' ' || COALESCE(a.received_minor, 0),
               COALESCE('paid ' || p.amount_minor, 'no payment')
        FROM payments_paymentattempt a LEFT JOIN payments_payment p ON p.attempt_id = a.id
        WHERE {own} AND (
            (a.state = 'succeeded' AND (p.id IS NULL OR p.amount_minor <> a.received_minor
                OR p.intent_id <> a.intent_id OR p.account_id <> a.account_id))
            OR (a.state <> 'succeeded' AND p.id IS NOT NULL))
        """,
        parameters,
    )


def _online_unlike_their_entry(scope: Scope) -> list[Finding]:
    """Compare with the entry of the money, or of its way out of suspense."""
    own, parameters = within(scope, account="p.account_id", moments=["p.recorded_at"])
    return findings(
        f"""
        SELECT 'payment ' || p.reference, p.amount_minor || ' ' || p.currency,
               COALESCE({CREDITED} || ' ' || e.currency || ' credited', 'no entry')
        FROM payments_payment p
        LEFT JOIN payments_suspenseitem s ON s.payment_id = p.id
        LEFT JOIN ledger_entry e ON e.state = 'posted'
            AND e.source_key = CASE WHEN s.id IS NULL THEN 'pi:' || p.intent_id || ':ok'
                                    ELSE 'susp:' || s.id END
            AND e.event_type = CASE WHEN s.id IS NULL THEN 'payment.received'
                                    ELSE 'suspense.resolved' END
        {BOOKED}
        WHERE p.intent_id IS NOT NULL AND {own}
        GROUP BY p.id, p.reference, p.amount_minor, p.currency, s.id, e.id, e.currency
        HAVING e.id IS NULL OR e.currency <> p.currency OR {CREDITED} <> p.amount_minor
            OR (s.id IS NULL AND {CLEARED} <> p.amount_minor)
        """,
        parameters,
    )


def _counter_unlike_their_entry(scope: Scope) -> list[Finding]:
    own, parameters = within(scope, account="p.account_id", moments=["p.recorded_at"])
    return findings(
        f"""
        SELECT 'payment ' || p.reference,
               p.amount_minor || ' ' || p.currency || ', ' || p.state,
               COALESCE({CREDITED} || ' ' || e.currency || ' credited', 'no entry')
                   || CASE WHEN mirror.id IS NULL THEN '' ELSE ', taken back' END
        FROM payments_payment p
        LEFT JOIN ledger_entry e ON e.state = 'posted' AND e.event_type = 'payment.received'
            AND e.source_key = 'rcpt:' || p.id
        LEFT JOIN ledger_entry mirror ON mirror.source_key = 'rcpt:' || p.id || ':reverse'
            AND mirror.reverses_id = e.id
        {BOOKED}
        WHERE p.intent_id IS NULL AND {own}
        GROUP BY p.id, p.reference, p.amount_minor, p.currency, p.state, e.id, e.currency, mirror.id
        HAVING e.id IS NULL OR e.currency <> p.currency OR {CREDITED} <> p.amount_minor
            OR (p.state = 'reversed') <> (mirror.id IS NOT NULL)
        """,
        parameters,
    )


def _items_unlike_their_entry(scope: Scope) -> list[Finding]:
    own, parameters = within(scope, moments=["s.recorded_at"])
    return findings(
        f"""
        SELECT 'unidentified ' || s.source_key, s.amount_minor || ' ' || s.currency,
               COALESCE({HELD} || ' ' || e.currency || ' held', 'no entry')
        FROM payments_suspenseitem s
        LEFT JOIN ledger_entry e ON e.source_key = s.source_key AND e.state = 'posted'
            AND e.event_type = 'suspense.received'
        {BOOKED}
        WHERE {own}
        GROUP BY s.id, s.source_key, s.amount_minor, s.currency, e.id, e.currency
        HAVING e.id IS NULL OR e.currency <> s.currency OR {HELD} <> s.amount_minor
        """,
        parameters,
    )
