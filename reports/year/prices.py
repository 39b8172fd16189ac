"""What a unit cost over the year, as the bills say: each price with its days, and a step chart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core import charts, formats
from core.charts.shapes import MOST_SERIES
from core.periods import Period, last_day, local_date
from statements.models import PRICE_DIGITS, StatementLine
from statements.presentation import labels

KINDS = [
    charts.Kind.USE,
    charts.Kind.PEAK,
    charts.Kind.OFFPEAK,
    charts.Kind.EXPORT,
    charts.Kind.PREVIOUS,
    charts.Kind.ALERT,
]
assert len(KINDS) == MOST_SERIES  # noqa: S101  one kind for each


@dataclass(frozen=True)
class Price:
    """One price and the days on which it held."""

    name: str
    first: date
    last: date
    rate: str


@dataclass(frozen=True)
class UnitPrices:
    """The prices of one unit: their days, and the chart of those that every bill names."""

    unit: str
    prices: Sequence[Price]
    chart: charts.Chart | None
    changes: int  # how often a price changed


Group = dict[str, list[StatementLine]]  # by the name of the price, in order of time


def unit_prices(
    lines: Sequence[StatementLine], *, currency: str, zone: ZoneInfo
) -> list[UnitPrices]:
    """Return the prices of the lines that count units, a row for each unit."""
    groups: dict[str, Group] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        if line.kind == "energy":
            groups[line.unit][_name(line)].append(line)
    return [_unit(unit, groups[unit], currency, zone) for unit in sorted(groups)]


def _name(line: StatementLine) -> str:
    """Return "Energy, peak, first 100 kWh": what tells one price of a unit from another."""
    told = line.params
    parts = [str(told.get("name") or line.charge), str(told.get("band") or "")]
    if told.get("lower") or told.get("upper") is not None:
        parts.append(labels.slab(told, line.quantity_scale, line.unit))
    return ", ".join(part for part in parts if part)


def _unit(unit: str, group: Group, currency: str, zone: ZoneInfo) -> UnitPrices:
    prices = [price for name in group for price in _prices(name, group[name], currency, zone)]
    changes = len(prices) - len(group)
    return UnitPrices(
        unit=formats.unit_name(unit),
        prices=prices,
        chart=_chart(unit, group, currency, zone, changes),
        changes=changes,
    )


def _prices(
    name: str, lines: Sequence[StatementLine], currency: str, zone: ZoneInfo
) -> list[Price]:
    """Join lines that follow each other with one price."""
    found: list[Price] = []
    previous: StatementLine | None = None
    for line in lines:
        period = Period(line.starts_at, line.ends_at)
        first = local_date(line.starts_at, zone)
        if previous is not None and previous.unit_price == line.unit_price:
            first = found.pop().first
        found.append(Price(name, first, last_day(period, zone), labels.rate(line, currency)))
        previous = line
    return found


def _chart(
    unit: str, group: Group, currency: str, zone: ZoneInfo, changes: int
) -> charts.Chart | None:
    """Return steps of the prices that are known at every point, or None without any."""
    points = sorted({line.starts_at for lines in group.values() for line in lines})
    known = {name: {line.starts_at: line.unit_price for line in group[name]} for name in group}
    whole = [name for name in group if len(known[name]) == len(points)][:MOST_SERIES]
    if not whole:
        return None
    named = [charts.Series(f"p{n}", name, KINDS[n]) for n, name in enumerate(whole)]
    each = {"currency": currency, "unit": formats.unit_name(unit)}
    return charts.lines(
        [_point(at, [known[name][at] for name in whole], zone) for at in points],
        named,
        key=f"price-{unit}",
        finding=_finding(changes, formats.unit_name(unit)),
        unit=_("%(currency)s per %(unit)s") % each,
        scale=10**PRICE_DIGITS,
        is_stepped=True,
        height=180,
    )


def _point(at: datetime, prices: Sequence[int], zone: ZoneInfo) -> charts.Bar:
    day = local_date(at, zone)
    return charts.Bar(formats.month_short(day), tuple(prices), about=formats.day(day))


def _finding(changes: int, unit: str) -> str:
    if not changes:
        return _("The price of a %(unit)s stayed the same.") % {"unit": unit}
    return _("What a %(unit)s cost, by its prices.") % {"unit": unit}
