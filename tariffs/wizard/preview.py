"""The live preview: what uses cost by the tariff as it is typed, beside the version in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import charts, formats
from core.charts import PREVIOUS, USE, Bar, Chart
from core.money import to_minor
from tariffs import authoring, engine
from tariffs.authoring import SampleBill, samples
from tariffs.authoring.numbers import exact
from tariffs.authoring.sample import VOLUMES
from tariffs.authoring.sample_use import unit_of
from tariffs.authoring.state import SeasonalRate, SlabRate, TariffForm
from tariffs.engine.quantities.days import LEAP_YEAR

POINTS = 10  # of the chart, beside nothing
DECEMBER, FULL = 12, 28
MOST_OWN = Decimal(10**9)
WHOLE = "whole_quantity"
COST = USE._replace(word=gettext_lazy("This tariff"))


@dataclass(frozen=True)
class Row:
    """What a use costs: in each season, by the version in force, and a unit on average."""

    use: str
    costs: Sequence[str]
    average: str
    before: str = ""
    change: str = ""


@dataclass(frozen=True)
class Preview:
    """The table of sample bills and the chart."""

    heads: Sequence[str]  # of the columns of costs
    rows: Sequence[Row]
    unit: str
    chart: Chart | None
    season: str  # of the chart, the average and the comparison, where there are several
    is_compared: bool
    is_spread: bool  # use by the hour, which samples take as even
    told: str = ""  # what the rule of slabs makes of a use


def preview(
    state: TariffForm, *, own: str = "", current: engine.Tariff | None = None
) -> Preview | None:
    """Return the preview; none as long as the tariff cannot be priced."""
    try:
        tariff = engine.parse(_bare(state))
        return _preview(state, tariff, own, current)
    except (engine.TariffError, engine.UsageError):
        return None


def month_of(state: TariffForm) -> tuple[date, date] | None:
    """Return the first whole calendar month of a tariff: its first and its last day."""
    first = state.basics.first_day
    if first is None:
        return None
    month = first if first.day == 1 else _next_month(first)
    return month, _next_month(month) - timedelta(days=1)


def _bare(state: TariffForm) -> Mapping[str, Any]:
    """Return the definition with what is asked on other steps filled in."""
    basics = state.basics
    first = basics.first_day or date(LEAP_YEAR, 1, 1)
    named = replace(basics, code="preview", name=basics.name or "-", first_day=first,
                    categories=(), areas=())  # fmt: skip
    return authoring.definition(replace(state, basics=named, examples=(), change_summary="-"))


def _preview(
    state: TariffForm, tariff: engine.Tariff, own: str, current: engine.Tariff | None
) -> Preview:
    zone, unit = ZoneInfo(state.basics.zone), unit_of([tariff])
    months = _months(state)
    uses = _uses(own) if unit else [Decimal(0)]
    old = current if current and unit_of([current]) == unit else None
    bills = [samples([tariff], uses, month, zone) for _name, month in months]
    was = samples([old], uses, months[0][1], zone) if old else []
    rows = [
        _row(use, [each[i] for each in bills], was[i] if was else None, unit)
        for i, use in enumerate(uses)
    ]
    season = months[0][0] if len(months) > 1 else ""
    return Preview(
        season=season,
        heads=[name for name, _month in months],
        rows=rows,
        unit=formats.unit_name(unit) if unit else "",
        chart=_chart(tariff, old, _reach(state, uses), (season, months[0][1]), zone, unit)
        if unit
        else None,
        is_compared=bool(was),
        is_spread=state.rate.rate_type == "time_based",
        told=_told(state, months[0][1], zone, unit),
    )


def _uses(own: str) -> list[Decimal]:
    number = exact(own) if own else None
    extra = [number] if number is not None and 0 <= number <= MOST_OWN else []
    return sorted({*VOLUMES, *extra})


def _reach(state: TariffForm, uses: list[Decimal]) -> Decimal:
    """Return how far the chart goes: past the last bound, so that every slab is in it."""
    rows = state.rate.rows if isinstance(state.rate, SlabRate) else []
    bounds = [exact(row.up_to) for row in rows if row.up_to]
    return max([*uses, *(bound * 5 / 4 for bound in bounds if bound is not None)])


def _months(state: TariffForm) -> list[tuple[str, date]]:
    """Return a month in every season, or the first whole month, each with its heading."""
    first = (month_of(state) or (date(LEAP_YEAR, 1, 1), None))[0]
    if not isinstance(state.rate, SeasonalRate):
        return [(_("Cost"), first)]
    return [(row.name, _within(row.first, row.last, first)) for row in state.rate.rows]


def _within(first: str, last: str, after: date) -> date:
    """Return the first whole month of a season that begins on or after a day."""
    month = after
    for _i in range(DECEMBER):
        ends = _next_month(month) - timedelta(days=1)
        starts, stops = f"{month:%m-%d}", f"{ends:%m-%d}"
        if _holds(first, last, starts) and _holds(first, last, stops):
            return month
        month = _next_month(month)
    return after


def _holds(first: str, last: str, day: str) -> bool:
    return first <= day <= last if first <= last else day >= first or day <= last


def _row(use: Decimal, bills: list[SampleBill], was: SampleBill | None, unit: str) -> Row:
    new = bills[0]
    shown = Row(
        use=_quantity(use, unit) if unit else _("However much is used"),
        costs=[_money(bill.total, bill.currency) for bill in bills],
        average=_average(new),
    )
    if was is None:
        return shown
    change = to_minor(new.total - was.total, new.currency)
    return replace(
        shown,
        before=_money(was.total, was.currency),
        change=formats.money(change, new.currency, plus=True),
    )


def _average(bill: SampleBill) -> str:
    return formats.number(bill.average.normalize()) if bill.average is not None else ""


def _chart(
    tariff: engine.Tariff,
    old: engine.Tariff | None,
    up_to: Decimal,
    named: tuple[str, date],
    zone: ZoneInfo,
    unit: str,
) -> Chart:
    season, month = named
    uses = [up_to * i / POINTS for i in range(POINTS + 1)]
    new = samples([tariff], uses, month, zone)
    was = samples([old], uses, month, zone) if old else []
    points = [
        Bar(
            "" if i % 2 else formats.number(use),  # so that long numbers do not touch
            _minor([bill, *was[i : i + 1]]),
            about=_quantity(use, unit),
        )
        for i, (use, bill) in enumerate(zip(uses, new, strict=True))
    ]
    cost = _money(new[-1].total, new[-1].currency)
    told = {"use": _quantity(up_to, unit), "cost": cost, "season": season}
    if season:
        finding = _("%(use)s cost %(cost)s in a month of the season “%(season)s”.") % told
    else:
        finding = _("%(use)s cost %(cost)s in a month.") % told
    series = [COST, *([PREVIOUS._replace(word=_("Version in force"))] if old else [])]
    return charts.lines(
        points, series, key="cost", finding=finding, unit="", money=tariff.currency, height=200
    )


def _minor(bills: Sequence[SampleBill]) -> tuple[int, ...]:
    return tuple(to_minor(bill.total, bill.currency) for bill in bills)


def _told(state: TariffForm, month: date, zone: ZoneInfo, unit: str) -> str:
    """Say with figures what the two rules of slabs make of one and a half first slabs."""
    rate = state.rate
    bound = exact(rate.rows[0].up_to or "") if isinstance(rate, SlabRate) else None
    if bound is None or not isinstance(rate, SlabRate):
        return ""
    use = bound * 3 / 2
    costs = []
    for rule in ("marginal", WHOLE):
        said = _bare(replace(state, rate=replace(rate, rule=rule)))
        bill = samples([engine.parse(said)], [use], month, zone)[0]
        costs.append(_money(bill.total, bill.currency))
    words = {"use": _quantity(use, unit), "parts": costs[0], "all": costs[1]}
    return _(
        "%(use)s cost %(parts)s when each part has the rate of its slab, and %(all)s when all "
        "units have the rate that is reached."
    ) % words  # fmt: skip


def _quantity(use: Decimal, unit: str) -> str:
    return f"{formats.number(use)} {formats.unit_name(unit)}"


def _money(amount: Decimal, currency: str) -> str:
    return formats.money(to_minor(amount, currency), currency)


def _next_month(day: date) -> date:
    return (day.replace(day=FULL) + timedelta(days=4)).replace(day=1)
