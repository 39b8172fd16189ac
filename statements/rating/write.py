"""Write priced bills as draft statements: four bulk writes, whatever the size of the chunk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core import bulk
from core.money import Rounding
from statements.models import (
    BillingRun,
    Statement,
    StatementCoverage,
    StatementLine,
    Trace,
)
from statements.rating.price import Bill, digest
from tariffs.engine import ENGINE_VERSION

STATEMENT = (
    "id account_id run_id state currency zone_name language starts_at ends_at net_minor "
    "tax_minor total_minor is_estimated is_final hold_code engine_version rounding "
    "input_digest lines_digest content_digest recorded_at"
).split()
COVERAGE = "statement_id agreement_id starts_at ends_at kind live".split()
LINE = (
    "statement_id seq agreement_id tariff_version_id charge kind starts_at ends_at params "
    "quantity quantity_scale unit unit_price amount_minor tax_class note"
).split()
TRACE = ("statement_id", "data")


def drafts(
    bills: Sequence[Bill],
    run: BillingRun | None,
    *,
    recorded_at: datetime,
    state: Statement.State,
) -> list[int]:
    """Insert a statement with coverage, lines and trace for each bill; return their keys."""
    if not bills:
        return []
    keys = bulk.allocate_ids(Statement, len(bills))
    numbered = list(zip(keys, bills, strict=True))
    bulk.write(
        Statement,
        STATEMENT,
        [_statement(key, bill, run, recorded_at, state) for key, bill in numbered],
    )
    bulk.write(StatementCoverage, COVERAGE, [r for key, b in numbered for r in _coverage(key, b)])
    bulk.write(StatementLine, LINE, [row for key, bill in numbered for row in _lines(key, bill)])
    bulk.write(Trace, TRACE, [(key, bill.trace) for key, bill in numbered])
    return keys


def _statement(
    key: int,
    bill: Bill,
    run: BillingRun | None,
    recorded_at: datetime,
    state: Statement.State,
) -> tuple[object, ...]:
    period = bill.input.period
    net, tax = bill.net_minor, bill.tax_minor
    return (
        key,
        bill.account_id,
        run.pk if run else None,
        (Statement.State.HELD if bill.hold_code else state).value,
        bill.input.currency,
        bill.input.zone_name,
        bill.input.language,
        period.starts_at,
        period.ends_at,
        net,
        tax,
        net + tax,
        bill.estimated_units > 0,
        any(agreement.is_final for agreement in bill.input.agreements),
        bill.hold_code,
        ENGINE_VERSION,
        Rounding.HALF_UP.value,
        bill.input_digest,
        digest(bill.lines),
        "",
        recorded_at,
    )


def _coverage(key: int, bill: Bill) -> list[tuple[object, ...]]:
    kinds = StatementCoverage.Kind
    return [
        (
            key,
            agreement.agreement_id,
            agreement.period.starts_at,
            agreement.period.ends_at,
            (kinds.FINAL if agreement.is_final else kinds.REGULAR).value,
            True,
        )
        for agreement in bill.input.agreements
    ]


def _lines(key: int, bill: Bill) -> list[tuple[object, ...]]:
    return [
        (
            key,
            seq,
            line.agreement_id,
            line.tariff_version_id,
            line.charge,
            line.kind,
            line.starts_at,
            line.ends_at,
            line.params,
            line.quantity,
            line.quantity_scale,
            line.unit,
            line.unit_price,
            line.amount_minor,
            line.tax_class,
            None,
        )
        for seq, line in enumerate(bill.lines, 1)
    ]
