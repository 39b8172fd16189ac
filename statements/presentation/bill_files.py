"""A bill for programs: its lines as a spreadsheet, and all of it as JSON (schema bill/1.0)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.csv_export import Cell
from core.money import from_minor
from core.periods import Period, last_day, local_date
from statements.models import PRICE_DIGITS, Statement, StatementLine
from statements.presentation.labels import details, part_of
from statements.presentation.load import Loaded
from statements.presentation.opened import past_of
from statements.presentation.worked import notes, worked

SCHEMA = "bill/1.0"


def line_sheet(loaded: Loaded) -> Iterator[list[Cell]]:
    """Yield a row for each line, the head first; numbers as numbers, days as ISO dates."""
    yield [
        _("Line"),
        _("Service"),
        _("Kind"),
        _("Charge"),
        _("What it prices"),
        _("From"),
        _("To"),
        _("Quantity"),
        _("Unit"),
        _("Rate"),
        _("Amount"),
        _("Currency"),
        _("Tariff"),
        _("Version"),
    ]
    for line in loaded.lines:
        yield _row(line, loaded)


def bill_json(loaded: Loaded) -> dict[str, Any]:
    """Return the bill as plain values; every amount, quantity and rate is exact text."""
    bill = loaded.statement
    currency = bill.currency
    return {
        "schema": SCHEMA,
        "number": bill.number,
        "state": bill.state,
        "account": bill.account.number,
        "utility": loaded.utility.name,
        "currency": currency,
        "issued": bill.issue_date,
        "due": bill.due_date,
        "period": dict(zip(("from", "to"), _days(bill.period, bill), strict=True)),
        "zone": bill.zone_name,
        "estimated": bill.is_estimated,
        "final": bill.is_final,
        "amounts": {
            "previous_balance": _money(bill.previous_minor, currency),
            "payments": _money(bill.payments_minor, currency),
            "late_fees": _money(bill.fees_minor, currency),
            "new_charges": _money(bill.net_minor, currency),
            "tax": _money(bill.tax_minor, currency),
            "total": _money(bill.total_minor, currency),
            "due": _money(bill.amount_due_minor, currency),
        },
        "lines": [_line(line, loaded) for line in loaded.lines],
    }


def _row(line: StatementLine, loaded: Loaded) -> list[Cell]:
    told = _line(line, loaded)
    tariff = told["tariff"] or {}
    return [
        line.seq,
        told["service"],
        line.kind,
        told["name"],
        "; ".join(told["details"]),
        *_days(Period(line.starts_at, line.ends_at), loaded.statement),
        Decimal(told["quantity"]),
        told["unit"],
        Decimal(told["rate"]),
        Decimal(told["amount"]),
        loaded.statement.currency,
        tariff.get("name"),
        tariff.get("version"),
    ]


def _line(line: StatementLine, loaded: Loaded) -> dict[str, Any]:
    tariff = loaded.tariffs.get(line.tariff_version_id) if line.tariff_version_id else None
    agreement = loaded.agreements.get(line.agreement_id) if line.agreement_id else None
    currency = loaded.statement.currency
    first, last = _days(Period(line.starts_at, line.ends_at), loaded.statement)
    return {
        "line": line.seq,
        "service": agreement.usage_point.commodity if agreement else "",
        "supply_number": agreement.usage_point.code if agreement else "",
        "kind": line.kind,
        "charge": line.charge,
        "name": str(line.params.get("name") or line.charge),
        "details": [
            *details(line, tariff, currency),
            *notes(line, loaded.lines, past_of(line, loaded)),
            *_special(line, loaded),
        ],
        "from": first,
        "to": last,
        "quantity": _quantity(line, currency),
        "unit": currency if line.unit in ("percent", "money") else line.unit,
        "rate": _text(Decimal(line.unit_price).scaleb(-PRICE_DIGITS)),
        "rate_is_percent": line.unit == "percent",
        "amount": _money(line.amount_minor, currency),
        "tariff": _tariff(line),
    }


def _special(line: StatementLine, loaded: Loaded) -> list[str]:
    """Return the sum of a line in words, where it is more than quantity × rate."""
    is_plain = line.kind != "info" and line.unit != "money" and "exempt" not in line.params
    if is_plain and part_of(line) == (1, 1):
        return []
    return [worked(line, loaded.statement.currency, loaded.lines, past_of(line, loaded))]


def _quantity(line: StatementLine, currency: str) -> str:
    if line.unit == "percent":
        return _money(line.quantity, currency)
    return _text(Decimal(line.quantity) / Decimal(line.quantity_scale))


def _tariff(line: StatementLine) -> dict[str, Any] | None:
    version = line.tariff_version if line.tariff_version_id else None
    if version is None:
        return None
    return {
        "code": version.tariff.code,
        "name": version.tariff.name,
        "version": version.number,
        "valid_from": version.starts_on,
    }


def _days(period: Period, bill: Statement) -> tuple[date, date]:
    return local_date(period.starts_at, bill.zone), last_day(period, bill.zone)


def _money(minor: int | None, currency: str) -> str:
    return str(from_minor(minor or 0, currency))


def _text(value: Decimal) -> str:
    return f"{value.normalize():f}"
