"""L07 of payments: what a source key names is a row of ours, with the amount that was booked.

Payments, refunds and chargebacks are compared with their entries by P01, P04 and P05; here each
entry looks for its row. Fees, payouts and late fees are compared both ways.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.integrity import Finding, Scope, findings
from ledger.checks.entries import within as entries_within
from payments.checks.scoping import number, part, within

LEG = """
    (SELECT sum(lp.amount) FROM ledger_posting lp JOIN ledger_account la ON la.id = lp.account_id
     WHERE lp.entry_id = e.id AND la.kind = '{kind}')
"""
FEE_BOOKED = f"b.fee_minor = {LEG.format(kind='psp_fees')} AND b.currency = e.currency"
PAYOUT_BOOKED = f"o.amount_minor = {LEG.format(kind='bank')} AND o.currency = e.currency"
LATE_FEE_BOOKED = """
    f.currency = e.currency AND f.amount_minor = (
        SELECT sum(lp.amount) FROM ledger_posting lp
        JOIN ledger_account la ON la.id = lp.account_id
        WHERE lp.entry_id = e.id AND la.kind = 'receivable' AND la.account_id = t.account_id)
"""


def are_ours(scope: Scope) -> list[Finding]:
    """L07: each entry of payments names its row, and each row of money has its entry."""
    found = [finding for named in _sources() for finding in _entries_without(*named, scope)]
    return found + _fees_without_entry(scope) + _payouts_unlike(scope) + _late_fees_unlike(scope)


def _sources() -> Iterator[tuple[str, str, str]]:
    """Yield event type, the row that its source key names as SQL, and what that is."""
    row, name = number("e.source_key"), part("e.source_key")
    yield (
        "payment.received",
        f"""
        SELECT 1 FROM payments_payment p
        WHERE p.intent_id = {name} AND e.source_key = 'pi:' || p.intent_id || ':ok'
        UNION ALL SELECT 1 FROM payments_payment p
        WHERE p.id = {row} AND p.intent_id IS NULL AND e.source_key = 'rcpt:' || p.id
        """,
        "a payment",
    )
    yield (
        "payment.received.reversed",
        f"""
        SELECT 1 FROM payments_payment p
        WHERE p.id = {row} AND e.source_key = 'rcpt:' || p.id || ':reverse'
        """,
        "a counter payment",
    )
    yield (
        "payment.fee",
        f"""
        SELECT 1 FROM payments_balancetransaction b
        WHERE b.provider_id = {name} AND e.source_key = 'bt:' || b.provider_id || ':fee'
          AND {FEE_BOOKED}
        """,
        "a balance transaction with this fee",
    )
    yield (
        "payout.sent",
        f"""
        SELECT 1 FROM payments_payout o
        WHERE o.provider_id = {name} AND e.source_key = 'po:' || o.provider_id
          AND {PAYOUT_BOOKED}
        """,
        "a payout of this amount",
    )
    yield (
        "payout.sent.reversed",
        f"""
        SELECT 1 FROM payments_payout o
        WHERE o.provider_id = {name} AND e.source_key = 'po:' || o.provider_id || ':failed'
        """,
        "a payout",
    )
    yield from _returning(row, name)
    yield from _suspense(row)
    yield from _late(row)


def _returning(row: str, name: str) -> Iterator[tuple[str, str, str]]:
    refund = f"""
        SELECT 1 FROM payments_refund r WHERE r.id = {row}
          AND (e.source_key LIKE 'rf:' || r.id || ':req%%'
               OR e.source_key = 'rf:' || r.id || ':undo')
        UNION ALL SELECT 1 FROM payments_refund r WHERE r.provider_id = {name}
          AND (e.source_key = 're:' || r.provider_id || ':ok'
               OR e.source_key LIKE 're:' || r.provider_id || ':fail:%%')
    """
    for event_type in ("refund.requested", "refund.succeeded", "refund.failed"):
        yield event_type, refund, "a refund"
    movement = f"""
        SELECT 1 FROM payments_balancetransaction b
        JOIN payments_chargeback c ON c.provider_id = b.source_id
        WHERE b.provider_id = {name} AND e.source_key = 'bt:' || b.provider_id
    """
    yield "chargeback.withdrawn", movement, "a movement of a chargeback"
    yield "chargeback.reinstated", movement, "a movement of a chargeback"
    lost = f"""
        SELECT 1 FROM payments_chargeback c
        WHERE c.provider_id = {name} AND e.source_key LIKE 'dp:' || c.provider_id || ':lost%%'
    """
    yield "chargeback.lost", lost, "a chargeback"
    yield "chargeback.regained", lost, "a chargeback"


def _suspense(row: str) -> Iterator[tuple[str, str, str]]:
    yield (
        "suspense.received",
        "SELECT 1 FROM payments_suspenseitem s WHERE s.source_key = e.source_key",
        "an unidentified receipt",
    )
    yield (
        "suspense.resolved",
        f"""
        SELECT 1 FROM payments_suspenseitem s
        WHERE s.id = {row} AND e.source_key = 'susp:' || s.id AND s.state = 'resolved'
        """,
        "an unidentified receipt that was given to an account",
    )


def _late(row: str) -> Iterator[tuple[str, str, str]]:
    fee = f"""
        SELECT 1 FROM payments_latefee f JOIN statements_statement t ON t.id = f.statement_id
        WHERE f.statement_id = {row}
          AND e.source_key = 'late:' || f.statement_id || ':' || f.step
    """
    yield "late_fee.charged", f"{fee} AND {LATE_FEE_BOOKED}", "a late fee of this amount"
    yield "late_fee.charged.reversed", f"{fee} || ':waive'", "a late fee"


def _entries_without(event_type: str, row: str, noun: str, scope: Scope) -> list[Finding]:
    condition, parameters = entries_within(scope)
    return findings(
        f"""
        SELECT e.source_key, e.event_type, '{noun}' FROM ledger_entry e
        WHERE e.event_type = '{event_type}' AND {condition} AND NOT EXISTS ({row})
        """,
        parameters,
    )


def _fees_without_entry(scope: Scope) -> list[Finding]:
    """A chargeback's fee is part of its movement's entry, which P05 compares."""
    own, parameters = within(scope, moments=["b.recorded_at"])
    return findings(
        f"""
        SELECT 'balance transaction ' || b.provider_id, 'no entry', 'a fee of ' || b.fee_minor
        FROM payments_balancetransaction b
        WHERE b.fee_minor <> 0 AND {own}
          AND NOT EXISTS (SELECT 1 FROM payments_chargeback c WHERE c.provider_id = b.source_id)
          AND NOT EXISTS (SELECT 1 FROM ledger_entry e
                          WHERE e.source_key = 'bt:' || b.provider_id || ':fee')
        """,
        parameters,
    )


def _payouts_unlike(scope: Scope) -> list[Finding]:
    """A payout that had failed before we heard of it was never booked."""
    own, parameters = within(scope, moments=["o.created_at"])
    return findings(
        f"""
        SELECT 'payout ' || o.provider_id || ' ' || o.status,
               CASE WHEN e.id IS NULL THEN 'no entry' ELSE 'an entry' END
                   || CASE WHEN mirror.id IS NULL THEN '' ELSE ' and its mirror' END,
               'entries of its status'
        FROM payments_payout o
        LEFT JOIN ledger_entry e ON e.source_key = 'po:' || o.provider_id
        LEFT JOIN ledger_entry mirror ON mirror.source_key = 'po:' || o.provider_id || ':failed'
        WHERE {own} AND CASE WHEN o.status IN ('failed', 'canceled')
            THEN (e.id IS NULL) <> (mirror.id IS NULL)
            ELSE e.id IS NULL OR mirror.id IS NOT NULL END
        """,
        parameters,
    )


def _late_fees_unlike(scope: Scope) -> list[Finding]:
    own, parameters = within(scope, account="t.account_id", moments=["f.recorded_at"])
    return findings(
        f"""
        SELECT 'late fee ' || f.statement_id || ':' || f.step || ' ' || f.state,
               CASE WHEN e.id IS NULL THEN 'no entry' ELSE 'an entry' END
                   || CASE WHEN mirror.id IS NULL THEN '' ELSE ' and its mirror' END,
               'entries of its state'
        FROM payments_latefee f JOIN statements_statement t ON t.id = f.statement_id
        LEFT JOIN ledger_entry e
            ON e.source_key = 'late:' || f.statement_id || ':' || f.step
        LEFT JOIN ledger_entry mirror
            ON mirror.source_key = 'late:' || f.statement_id || ':' || f.step || ':waive'
        WHERE {own} AND (e.id IS NULL OR (f.state = 'waived') <> (mirror.id IS NOT NULL))
        """,
        parameters,
    )
