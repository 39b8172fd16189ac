"""The bill of a use, worked line by line by the engine that makes real bills."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core import formats
from core.money import to_minor
from core.periods import Period, local_month
from statements.models import StatementLine
from statements.presentation import labels, worked
from statements.pricing.detail.calculator_form import Question
from tariffs import engine, queries, told_errors
from tariffs.authoring.sample import rated_uses


class NotCalculable(Exception):
    """The tariff cannot price what was asked; the words are for people."""


@dataclass(frozen=True)
class Step:
    """A line of the worked bill."""

    name: str
    details: Sequence[str]  # season, hours, block, and what cut or rounded the quantity
    sum: str  # "500 kWh × $0.12 per kWh"
    amount_minor: int
    is_info: bool  # measured only, not billed


@dataclass(frozen=True)
class Calculated:
    """What a use costs in a month, and how that comes about."""

    month: Period
    currency: str
    charges: Sequence[Step]
    taxes: Sequence[Step]
    charges_minor: int
    taxes_minor: int
    average: str  # of a unit; empty: nothing is used
    warnings: Sequence[str]

    @property
    def total_minor(self) -> int:
        return self.charges_minor + self.taxes_minor


def calculate(tariff: engine.Tariff, asked: Question, unit: str, zone: ZoneInfo) -> Calculated:
    """Price a whole month, with the taxes of the utility on the day that was asked for.

    :raises NotCalculable: in words, if something is missing or cannot be
    """
    month = local_month(asked.day.year, asked.day.month, zone)
    taxes = queries.taxes_on(asked.day, commodity=tariff.commodity)
    try:
        rated = rated_uses([tariff], [asked.use], asked.day, zone, asked.split, taxes, asked.place)
    except engine.UsageError as error:
        words = {"why": told_errors.usage(error)}
        raise NotCalculable(_("This cannot be calculated: %(why)s.") % words) from error
    return _shown(rated, tariff, asked, unit, month)


def _shown(
    rated: engine.Rated, tariff: engine.Tariff, asked: Question, unit: str, month: Period
) -> Calculated:
    lines = list(_lines(rated, month))
    steps = [(line.kind == "tax", _step(line, lines, tariff)) for line in lines]
    charges = [step for is_tax, step in steps if not is_tax]
    taxes = [step for is_tax, step in steps if is_tax]
    found = Calculated(
        month=month,
        currency=rated.currency,
        charges=charges,
        taxes=taxes,
        charges_minor=sum(step.amount_minor for step in charges),
        taxes_minor=sum(step.amount_minor for step in taxes),
        average=_average(int(rated.total_minor[0]), asked, rated.currency, unit),
        warnings=rated.warnings,
    )
    if found.total_minor != int(rated.total_minor[0]):
        raise ArithmeticError(f"the lines of {tariff.code} do not add up to its total")
    return found


def _lines(rated: engine.Rated, month: Period) -> Iterator[StatementLine]:
    """Yield the lines as a bill has them; they are never stored."""
    for column in rated.columns:
        if column.shown[0]:
            yield StatementLine(
                charge=column.charge,
                kind=column.kind,
                starts_at=month.starts_at,
                ends_at=month.ends_at,
                params={"name": column.name, **column.label},
                quantity=int(column.quantity[0]),
                quantity_scale=column.quantity_scale,
                unit=column.unit,
                unit_price=column.unit_price,
                amount_minor=int(column.amount_minor[0]),
                tax_class=column.tax_class,
            )


def _step(line: StatementLine, lines: Sequence[StatementLine], tariff: engine.Tariff) -> Step:
    currency = tariff.currency
    return Step(
        name=labels.name(line),
        details=[*labels.details(line, tariff, currency), *worked.notes(line, lines, ())],
        sum=worked.worked(line, currency, lines),
        amount_minor=line.amount_minor,
        is_info=line.kind == "info",
    )


def _average(total: int, asked: Question, currency: str, unit: str) -> str:
    if not asked.use or not unit:
        return ""
    scale = to_minor(Decimal(1), currency)  # minor units in one of the currency
    exact = round(total * 10**8 / (asked.use * scale))
    words = {"price": formats.rate(round(exact, -4), currency), "unit": formats.unit_name(unit)}
    return _("%(price)s per %(unit)s on average") % words
