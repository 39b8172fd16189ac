"""What a unit cost over the year, as the bills say: each price with its days, and a step chart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core import charts, formats
from core.periods import Period, last_day, local_date, next_month
from statements.models import PRICE_DIGITS, StatementLine
from statements.presentation import labels
from statements.rating.versions import tariffs_by_version
from tariffs import engine, names
from tariffs.models import TariffVersion

A_DAY = timedelta(days=1)
KINDS = [
    charts.Kind.USE,
    charts.Kind.PEAK,
    charts.Kind.OFFPEAK,
    charts.Kind.EXPORT,
    charts.Kind.PREVIOUS,
    charts.Kind.ALERT,
]


@dataclass(frozen=True)
class Price:
    """One price and the days on which it held, both included."""

    name: str
    first: date
    last: date
    unit_price: int  # as a statement line has it
    rate: str


@dataclass(frozen=True)
class UnitPrices:
    """The prices of one unit: their days, and the chart of those that held all the time."""

    unit: str
    prices: Sequence[Price]
    chart: charts.Chart | None


Tariffs = Mapping[int, engine.Tariff]  # by version
Named = dict[str, list[Price]]  # by the name of the price, in order of time


def unit_prices(
    lines: Sequence[StatementLine], *, currency: str, zone: ZoneInfo
) -> list[UnitPrices]:
    """Return the prices of the lines that count units, a row for each unit; one query, or two."""
    counted = [line for line in lines if line.kind == "energy"]
    tariffs = _tariffs(counted)
    groups: dict[str, Named] = defaultdict(lambda: defaultdict(list))
    for line in counted:
        for price in _prices(line, tariffs, currency, zone):
            groups[line.unit][price.name].append(price)
    return [_unit(unit, groups[unit], currency) for unit in sorted(groups)]


def _tariffs(lines: Sequence[StatementLine]) -> Tariffs:
    keys = {line.tariff_version_id or 0 for line in lines if line.params.get("season")}
    if not keys:
        return {}
    versions = TariffVersion.objects.filter(pk__in=keys)
    return tariffs_by_version(versions.values_list("pk", "digest"))


def _prices(
    line: StatementLine, tariffs: Tariffs, currency: str, zone: ZoneInfo
) -> Iterator[Price]:
    """Yield the price of a line, once for each stretch of days in which its season runs."""
    period = Period(line.starts_at, line.ends_at)
    first, last = local_date(line.starts_at, zone), last_day(period, zone)
    rate = labels.rate(line, currency)
    for starts, ends in _stretches(line, tariffs, first, last):
        yield Price(_name(line), starts, ends, line.unit_price, rate)


def _stretches(
    line: StatementLine, tariffs: Tariffs, first: date, last: date
) -> Iterator[tuple[date, date]]:
    season = line.params.get("season")
    tariff = tariffs.get(line.tariff_version_id or 0)
    if not season or tariff is None:
        yield first, last
        return
    days = [first + n * A_DAY for n in range((last - first).days + 1)]
    ranges = tariff.seasons[season]
    held = [day for day in days if any((day.month, day.day) in each for each in ranges)]
    starts = [day for day in held if day - A_DAY not in held]
    ends = [day for day in held if day + A_DAY not in held]
    yield from zip(starts, ends, strict=True)


def _name(line: StatementLine) -> str:
    """Return "Energy, peak, first 100 kWh": what tells one price of a unit from another."""
    told = line.params
    parts = [labels.name(line), names.told(str(told.get("band") or ""))]
    if told.get("lower") or told.get("upper") is not None:
        parts.append(labels.slab(told, line.quantity_scale, line.unit))
    return ", ".join(part for part in parts if part)


def _unit(unit: str, named: Named, currency: str) -> UnitPrices:
    joined = {name: _joined(prices) for name, prices in named.items()}
    return UnitPrices(
        unit=formats.unit_name(unit),
        prices=[price for prices in joined.values() for price in prices],
        chart=_chart(unit, joined, currency),
    )


def _joined(prices: Sequence[Price]) -> list[Price]:
    """Join prices that follow each other and are the same."""
    found: list[Price] = []
    for price in sorted(prices, key=lambda each: each.first):
        before = found[-1] if found else None
        if before and before.unit_price == price.unit_price and price.first <= before.last + A_DAY:
            found[-1] = replace(before, last=price.last)
        else:
            found.append(price)
    return found


def _chart(unit: str, named: Named, currency: str) -> charts.Chart | None:
    """Return steps of the prices that are known at every change, or None without any."""
    points = _points(named)
    known = {
        name: values
        for name, prices in named.items()
        if None not in (values := [_at(prices, day) for day in points])
    }
    shown = list(known)[: len(KINDS)]
    if not shown:
        return None
    each = {"currency": currency, "unit": formats.unit_name(unit)}
    return charts.lines(
        [_point(day, [known[name][n] or 0 for name in shown]) for n, day in enumerate(points)],
        [charts.Series(f"p{n}", name, KINDS[n]) for n, name in enumerate(shown)],
        key=f"price-{unit}",
        finding=_finding({name: named[name] for name in shown}, formats.unit_name(unit)),
        unit=_("%(currency)s per %(unit)s") % each,
        scale=10**PRICE_DIGITS,
        is_stepped=True,
        height=180,
    )


def _points(named: Named) -> list[date]:
    """Return the first day of each month in which a price is known, and of each change."""
    prices = [price for each in named.values() for price in each]
    days = {price.first for price in prices}
    month = min(days).replace(day=1)
    while month <= max(price.last for price in prices):
        if any(price.first <= month <= price.last for price in prices):
            days.add(month)
        month = next_month(month.year, month.month)
    return sorted(days)


def _at(prices: Sequence[Price], day: date) -> int | None:
    return next((each.unit_price for each in prices if each.first <= day <= each.last), None)


def _point(day: date, prices: Sequence[int]) -> charts.Bar:
    label = formats.month_short(day) if day.day == 1 else formats.day_short(day)
    return charts.Bar(label, tuple(prices), about=formats.day(day))


def _finding(named: Named, unit: str) -> str:
    if all(len(prices) == 1 for prices in named.values()):
        return _("The price of a %(unit)s stayed the same.") % {"unit": unit}
    return _("The price of a %(unit)s changed.") % {"unit": unit}
