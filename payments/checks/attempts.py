"""P01, P02, P06, P08, P09: attempts, their payments and their history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import connection

from core.integrity import MOST, Finding, Scope, findings
from payments.models import LIVE, PaymentAttempt, Refund
from payments.providers.stripe import checkout

OVERDUE_PAGE = timedelta(hours=2)  # after the hosted page expired
LONGEST = timedelta(days=21)  # a bank debit on its way
LAST_LOOK = timedelta(days=15)  # of the janitor, with a day to spare
LIVE_STATES = ", ".join(f"'{state}'" for state in LIVE)


def of_account(scope: Scope, row: str) -> tuple[str, list[object]]:
    """Return the condition that a row lies within the scope, and its parameters."""
    if scope.account_id is None:
        return "1 = 1", []
    return f"{row}.account_id = %s", [scope.account_id]


def moment(value: object) -> object:
    """Return a moment as the database compares it."""
    return connection.ops.adapt_datetimefield_value(value)


def are_booked_once(scope: Scope) -> list[Finding]:
    """P01: an attempt succeeded if and only if its money is in the books, as it was received."""
    return [
        *_succeeded_without_payment(scope),
        *_payments_unlike_their_entry(scope),
        *_counter_unlike_their_entry(scope),
        *(_entries_of_nobody() if scope.is_whole else ()),
    ]


def _succeeded_without_payment(scope: Scope) -> list[Finding]:
    own, parameters = of_account(scope, "a")
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


CASH = """
    SELECT e.source_key, e.currency,
           sum(CASE WHEN la.kind = 'stripe_clearing' THEN p.amount ELSE 0 END) AS clearing,
           sum(CASE WHEN la.kind = 'receivable' THEN -p.amount ELSE 0 END) AS credited,
           sum(CASE WHEN la.kind = 'suspense' THEN -p.amount ELSE 0 END) AS held,
           max(CASE WHEN la.kind = 'receivable' THEN la.account_id END) AS account_id
    FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id
    JOIN ledger_account la ON la.id = p.account_id
    WHERE e.state = 'posted' AND e.event_type IN ({events})
    GROUP BY e.id, e.source_key, e.currency
"""


def _payments_unlike_their_entry(scope: Scope) -> list[Finding]:
    """Compare with the entry of the money, or of its way out of suspense."""
    own, parameters = of_account(scope, "p")
    return findings(
        f"""
        SELECT 'payment ' || p.reference,
               p.amount_minor || ' ' || p.currency || ' for account ' || p.account_id,
               COALESCE(cash.credited || ' ' || cash.currency || ' for account '
                   || COALESCE(cash.account_id, 0), 'no entry')
        FROM payments_payment p
        LEFT JOIN payments_suspenseitem s ON s.payment_id = p.id
        LEFT JOIN ({CASH.format(events="'payment.received', 'suspense.resolved'")}) cash
               ON cash.source_key = CASE WHEN s.id IS NULL THEN 'pi:' || p.intent_id || ':ok'
                                         ELSE 'susp:' || s.id END
        WHERE p.intent_id IS NOT NULL AND {own}
          AND (cash.source_key IS NULL OR cash.credited <> p.amount_minor
               OR cash.currency <> p.currency OR cash.account_id <> p.account_id
               OR (s.id IS NULL AND cash.clearing <> p.amount_minor))
        """,
        parameters,
    )


def _counter_unlike_their_entry(scope: Scope) -> list[Finding]:
    own, parameters = of_account(scope, "p")
    return findings(
        f"""
        SELECT 'payment ' || p.reference,
               p.amount_minor || ' ' || p.currency || ', ' || p.state,
               COALESCE(cash.credited || ' ' || cash.currency, 'no entry')
                   || CASE WHEN mirror.id IS NULL THEN '' ELSE ', taken back' END
        FROM payments_payment p
        LEFT JOIN ({CASH.format(events="'payment.received'")}) cash
               ON cash.source_key = 'rcpt:' || p.id
        LEFT JOIN ledger_entry mirror ON mirror.source_key = 'rcpt:' || p.id || ':reverse'
        WHERE p.intent_id IS NULL AND {own}
          AND (cash.source_key IS NULL OR cash.credited <> p.amount_minor
               OR cash.currency <> p.currency OR cash.account_id <> p.account_id
               OR (p.state = 'reversed') <> (mirror.id IS NOT NULL))
        """,
        parameters,
    )


def _entries_of_nobody() -> list[Finding]:
    """Money in the books that no payment, receipt or unidentified item stands for."""
    return findings(
        f"""
        SELECT cash.source_key, cash.clearing || ' ' || cash.currency,
               COALESCE('unidentified ' || s.amount_minor || ' ' || s.currency, 'nothing of ours')
        FROM ({CASH.format(events="'payment.received', 'suspense.received'")}) cash
        LEFT JOIN payments_suspenseitem s ON s.source_key = cash.source_key
        WHERE NOT EXISTS (SELECT 1 FROM payments_payment p
                  WHERE cash.source_key IN ('pi:' || p.intent_id || ':ok', 'rcpt:' || p.id)
                    AND s.id IS NULL)
          AND (s.id IS NULL OR s.amount_minor <> cash.held OR s.currency <> cash.currency)
        """
    )


def are_live_once(scope: Scope) -> list[Finding]:
    """P02: nothing is paid by two live attempts, and no live attempt is older than it may be."""
    own, parameters = of_account(scope, "a")
    twice = findings(
        f"""
        SELECT 'target ' || a.target, count(*) || ' live attempts', '1'
        FROM payments_paymentattempt a WHERE a.state IN ({LIVE_STATES}) AND {own}
        GROUP BY a.target HAVING count(*) > 1
        """,
        parameters,
    )
    old = findings(
        f"""
        SELECT 'attempt ' || a.reference, a.state || ' since ' || a.changed_at, 'ended'
        FROM payments_paymentattempt a WHERE {own}
          AND ((a.state = 'open' AND a.session_expires_at < %s)
               OR (a.state IN ('processing', 'requires_action') AND a.changed_at < %s))
        """,
        [*parameters, moment(scope.now - OVERDUE_PAGE), moment(scope.now - LONGEST)],
    )
    return twice + old


def move_on(scope: Scope) -> list[Finding]:
    """P06: each step begins where the last one ended, none leaves `succeeded`."""
    own, parameters = of_account(scope, "a")
    steps = f"""
        SELECT a.reference, a.state, c.id, c.from_state, c.to_state,
               lag(c.to_state) OVER (PARTITION BY c.attempt_id ORDER BY c.id) AS before,
               lead(c.id) OVER (PARTITION BY c.attempt_id ORDER BY c.id) AS after
        FROM payments_paymentattempt a
        LEFT JOIN payments_attemptchange c ON c.attempt_id = a.id WHERE {own}
    """
    return findings(
        f"""
        SELECT 'attempt ' || reference,
               COALESCE(from_state, '') || ' -> ' || COALESCE(to_state, 'no history'),
               'from ' || COALESCE(before, 'nothing') || ', now ' || state
        FROM ({steps}) steps
        WHERE id IS NULL OR from_state = 'succeeded' OR from_state <> COALESCE(before, '')
           OR (after IS NULL AND to_state <> state)
        """,
        parameters,
    )


def are_answered(scope: Scope) -> list[Finding]:
    """P08: the janitor has brought every attempt and refund to an answer in time."""
    own, parameters = of_account(scope, "a")
    since = moment(scope.now - LAST_LOOK)
    attempts = findings(
        f"""
        SELECT 'attempt ' || a.reference, a.state || ' since ' || a.changed_at, 'an answer'
        FROM payments_paymentattempt a
        WHERE a.state IN ('created', 'submitting', 'unknown') AND a.changed_at < %s AND {own}
        """,
        [since, *parameters],
    )
    refunds = findings(
        """
        SELECT 'refund ' || r.id, r.state || ' since ' || r.changed_at, 'an answer'
        FROM payments_refund r
        WHERE r.state IN ('approved', 'submitting', 'unknown') AND r.changed_at < %s
        """,
        [since],
    )
    return attempts + (refunds if scope.account_id is None else [])


def are_frozen(scope: Scope) -> list[Finding]:
    """P09: stored parameters have the digest under which their key was sent, each key once."""
    attempts = PaymentAttempt.objects.order_by("pk")
    refunds = Refund.objects.exclude(parameters_digest="").order_by("pk")
    if scope.account_id is not None:
        attempts = attempts.filter(account_id=scope.account_id)
        refunds = refunds.filter(payment__account_id=scope.account_id)
    if scope.since is not None:
        attempts = attempts.filter(changed_at__gte=scope.since)
        refunds = refunds.filter(changed_at__gte=scope.since)
    return [
        Finding(f"{name} {key}", checkout.digest(parameters), digest)
        for name, rows in (("attempt", attempts), ("refund", refunds))
        for key, parameters, digest in _frozen(rows)
        if checkout.digest(parameters) != digest
    ][:MOST]


def _frozen(rows: object) -> Sequence[tuple[str, dict[str, object], str]]:
    columns = ("idempotency_key", "parameters", "parameters_digest")
    return rows.values_list(*columns).iterator()  # type: ignore[attr-defined]
