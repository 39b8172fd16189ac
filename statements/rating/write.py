"""Write priced bills as draft statements: four bulk writes, five where
tariffs look back, whatever the size of the chunk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from core import bulk
from core.money import Rounding
from statements.models import (
    BillingRun,
    Carried,
    Statement,
    StatementCoverage,
    StatementLine,
    Trace,
)
from statements.rating.lines import Header, Numbers, Sheet
from statements.rating.price import Bill
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
CARRIED = "statement_id agreement_id kind charge day value".split()


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
    bulk.write_stamped(StatementLine, LINE, _stamps(numbered))
    bulk.write(Trace, TRACE, [(key, bill.trace) for key, bill in numbered])
    if carried := [(key, *row) for key, bill in numbered for row in bill.carried]:
        bulk.write(Carried, CARRIED, carried)
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
        bill.lines_digest,
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


def _stamps(numbered: Sequence[tuple[int, Bill]]) -> list[bulk.Stamp]:
    """Return the lines of all bills, statement by statement."""
    sheets = {id(bill.sheet): bill.sheet for _, bill in numbered}
    keys = {name: np.zeros(len(sheet.shown), np.int64) for name, sheet in sheets.items()}
    for key, bill in numbered:
        keys[id(bill.sheet)][bill.row] = key
    stamps: list[bulk.Stamp] = []
    written = 0
    for name, sheet in sheets.items():
        stamps += _sheet_stamps(sheet, keys[name], written)
        written = sum(len(stamp.places) for stamp in stamps)
    return stamps


def _sheet_stamps(sheet: Sheet, keys: Numbers, first: int) -> list[bulk.Stamp]:
    """Return a stamp for each column; rows without a key are not written."""
    shown = sheet.shown & (keys > 0)[:, np.newaxis]
    rows, columns = np.nonzero(shown)
    counts = shown.sum(axis=1)
    seq = np.arange(1, len(rows) + 1) - np.repeat(counts.cumsum() - counts, counts)
    places = np.arange(first, first + len(rows))
    stamps = []
    for i, header in enumerate(sheet.headers):
        cells = np.flatnonzero(columns == i)
        row = rows[cells]
        numbers = {
            "statement_id": keys[row],
            "seq": seq[cells],
            "quantity": sheet.quantity[row, i],
            "amount_minor": sheet.amount_minor[row, i],
        }
        if header.place >= 0:
            numbers["agreement_id"] = sheet.agreements[row, header.place]
        stamps.append(bulk.Stamp(_constants(header), numbers, places[cells]))
    return stamps


def _constants(header: Header) -> dict[str, object]:
    return {
        "agreement_id": None,
        "tariff_version_id": header.version_id,
        "charge": header.charge,
        "kind": header.kind,
        "starts_at": header.starts_at,
        "ends_at": header.ends_at,
        "params": header.params,
        "quantity_scale": header.scale,
        "unit": header.unit,
        "unit_price": header.price,
        "tax_class": header.tax_class,
        "note": None,
    }
