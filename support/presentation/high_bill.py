"""Why is my bill high? The newest bill beside the one before and the same month last year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from django.db.models import F
from django.utils.translation import gettext as _

from core import charts, formats
from core.money import minor_digits
from core.periods import days_in, local_date
from statements.models import PRICE_DIGITS, Statement, StatementLine
from statements.presentation.changed import WhyView, why
from statements.presentation.units import BASE_UNIT, DISPLAY

A_YEAR_AND_A_MONTH = timedelta(days=366 + 35)
SHOWN = 10 ** (PRICE_DIGITS - 4)  # of a price, to a ten-thousandth
Lines = Sequence[StatementLine]


@dataclass(frozen=True)
class Column:
    """One bill of the comparison: use and what it cost by base unit; amounts in minor units."""

    word: str
    statement: Statement
    month: date
    days: int
    uses: Mapping[str, int]
    paid: Mapping[str, int]
    fixed_minor: int

    @property
    def rest_minor(self) -> int:
        return self.statement.total_minor - self.fixed_minor - sum(self.paid.values())


@dataclass(frozen=True)
class Row:
    """One line of the comparison, with a cell in words for each bill."""

    word: str
    cells: Sequence[str]


@dataclass(frozen=True)
class HighBill:
    """The answer on one screen."""

    columns: Sequence[Column]  # the newest bill first
    why: WhyView | None
    chart: charts.Chart | None

    @property
    def rows(self) -> list[Row]:
        return list(_rows(self.columns))

    @property
    def totals(self) -> list[str]:
        return [_money(column, column.statement.total_minor) for column in self.columns]


def high_bill(newest: Statement | None) -> HighBill | None:
    """Return the comparison of an account's newest bill, or None without one; one query."""
    if newest is None:
        return None
    by_bill = _lines(newest)
    bills = sorted((lines[0].statement for lines in by_bill.values()), key=lambda one: one.ends_at)
    earlier = [one for one in bills if one.ends_at <= newest.starts_at]
    before = earlier[-1] if earlier else None
    last_year = next((one for one in bills if _month(one) == _year_before(newest)), None)
    named = (
        (_("Newest bill"), newest),
        (_("The bill before"), before),
        (_("Same month last year"), last_year),
    )
    return HighBill(
        columns=[_column(word, one, by_bill.get(one.pk, [])) for word, one in named if one],
        why=why(newest, by_bill.get(newest.pk, []), by_bill[before.pk] if before else []),
        chart=_chart(newest, [*earlier, newest], by_bill),
    )


def _lines(newest: Statement) -> dict[int, list[StatementLine]]:
    """Return the lines of the account's bills of the last thirteen months, by bill."""
    found = StatementLine.objects.filter(
        statement__account=newest.account_id,
        statement__state=Statement.State.ISSUED,
        statement__currency=newest.currency,
        statement__starts_at__gte=newest.starts_at - A_YEAR_AND_A_MONTH,
        statement__ends_at__lte=newest.ends_at,
    ).annotate(commodity=F("agreement__usage_point__commodity"))
    by_bill: dict[int, list[StatementLine]] = defaultdict(list)
    for line in found.select_related("statement").order_by("statement__ends_at", "seq"):
        by_bill[line.statement_id].append(line)
    return by_bill


def _column(word: str, statement: Statement, lines: Lines) -> Column:
    paid: dict[str, int] = defaultdict(int)
    for line in lines:
        if line.kind == "energy" and line.unit in BASE_UNIT:
            paid[BASE_UNIT[line.unit]] += line.amount_minor
    return Column(
        word=word,
        statement=statement,
        month=local_date(statement.starts_at, statement.zone),
        days=days_in(statement.period, statement.zone),
        uses=_uses(lines),
        paid=paid,
        fixed_minor=sum(line.amount_minor for line in lines if line.kind == "fixed"),
    )


def _uses(lines: Iterable[StatementLine]) -> dict[str, int]:
    """Return what was used by base unit; several charges for the same use count once."""
    by_charge: dict[tuple[int | None, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for line in lines:
        if line.kind == "energy" and line.unit in BASE_UNIT and line.unit_price >= 0:
            base = BASE_UNIT[line.unit]
            by_charge[line.agreement_id, base][line.charge] += line.quantity
    uses: dict[str, int] = defaultdict(int)
    for (_agreement, base), charges in by_charge.items():
        uses[base] += max(charges.values())
    return uses


def _rows(columns: Sequence[Column]) -> Iterator[Row]:
    yield Row(_("Days"), [formats.number(column.days) for column in columns])
    for base in dict.fromkeys(base for column in columns for base in column.uses):
        yield from _rows_of(base, columns)
    yield Row(_("Fixed charges"), [_money(column, column.fixed_minor) for column in columns])
    yield Row(_("Taxes and the rest"), [_money(column, column.rest_minor) for column in columns])


def _rows_of(base: str, columns: Sequence[Column]) -> Iterator[Row]:
    """Yield the lines of one unit: how much, how much a day, at which price, for how much."""
    unit = {"unit": formats.unit_name(DISPLAY[base][0])}
    yield Row(_("Use, %(unit)s") % unit, [_shown(base, one.uses.get(base, 0)) for one in columns])
    by_day = (Fraction(one.uses.get(base, 0), one.days) for one in columns)
    yield Row(_("A day, %(unit)s") % unit, [_shown(base, round(each)) for each in by_day])
    yield Row(_("Average price of 1 %(unit)s") % unit, [_price(base, one) for one in columns])
    yield Row(_("Charged for it"), [_money(one, one.paid.get(base, 0)) for one in columns])


def _shown(base: str, units: int) -> str:
    """Return a quantity in the unit that the row names."""
    return formats.number(Decimal(units) / DISPLAY[base][1])


def _money(column: Column, minor: int) -> str:
    return formats.money(minor, column.statement.currency)


def _price(base: str, column: Column) -> str:
    """Return what a unit cost on average, to a ten-thousandth."""
    units, currency = column.uses.get(base, 0), column.statement.currency
    if units <= 0:
        return "–"
    in_full = Fraction(column.paid.get(base, 0) * DISPLAY[base][1], units)
    price = in_full * 10 ** (PRICE_DIGITS - minor_digits(currency))
    return formats.rate(round(price / SHOWN) * SHOWN, currency)


def _chart(
    newest: Statement, bills: Sequence[Statement], by_bill: Mapping[int, Lines]
) -> charts.Chart | None:
    """Return the use on each bill of the service that used most of one unit on the newest."""
    uses = {one.pk: _uses(by_bill.get(one.pk, [])) for one in bills}
    own = uses[newest.pk]
    if len(bills) < 2 or not own:
        return None
    base = next(iter(own))
    unit, scale = DISPLAY[base]
    used, before = uses[newest.pk][base], uses[bills[-2].pk].get(base, 0)
    return charts.bars(
        [_bar(one, uses[one.pk].get(base, 0)) for one in bills],
        key="use-by-bill",
        finding=_finding(used, before, unit, scale),
        unit=formats.unit_name(unit),
        scale=scale,
        height=170,
    )


def _bar(statement: Statement, units: int) -> charts.Bar:
    first = local_date(statement.starts_at, statement.zone)
    mark = charts.Mark.ESTIMATED if statement.is_estimated else charts.Mark.NONE
    return charts.Bar(formats.month_short(first), (units,), mark=mark, about=formats.month(first))


def _finding(used: int, before: int, unit: str, scale: int) -> str:
    words = {
        "used": formats.quantity(used, unit, scale=scale),
        "before": formats.quantity(before, unit, scale=scale),
    }
    if used > before:
        return _("The newest bill has %(used)s of use, up from %(before)s.") % words
    if used < before:
        return _("The newest bill has %(used)s of use, down from %(before)s.") % words
    return _("The newest bill has %(used)s of use, as the one before.") % words


def _month(statement: Statement) -> tuple[int, int]:
    first = local_date(statement.starts_at, statement.zone)
    return first.year, first.month


def _year_before(statement: Statement) -> tuple[int, int]:
    year, month = _month(statement)
    return year - 1, month
