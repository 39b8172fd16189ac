"""Cost by use as a chart, of one version or of two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core import formats
from core.charts import PREVIOUS, Bar, Chart, Kind, Series, lines
from core.money import to_minor
from tariffs import engine
from tariffs.authoring import curve
from tariffs.authoring.curve import NO_TAXES, STEPS, Point, Taxes, curves
from tariffs.authoring.sample_use import unit_of
from tariffs.engine.shape import EnergyCharge

Tariffs = Sequence[engine.Tariff]
LEAST = 500  # to which use a chart reaches, in units
BEYOND = Decimal("1.2")  # how far behind the last block


def cost_chart(tariffs: Tariffs, month: date, zone: ZoneInfo) -> Chart | None:
    """Return what a use costs in a month; None where no price follows it or more must be known."""
    if not unit_of(tariffs):
        return None
    top = reach(tariffs)
    try:
        points = curve(tariffs, top, month, zone)
    except engine.UsageError:
        return None
    shown = _even(points, top)
    words = {
        "use": _use(shown[-1].use, tariffs),
        "cost": _money(shown[-1].cost, tariffs),
        "month": formats.month(month),
    }
    finding = _("%(use)s cost %(cost)s in %(month)s.") % words
    cost = Series("cost", _("Cost"), Kind.USE)
    return _chart([(p.use, (p.cost,)) for p in shown], [cost], tariffs, finding)


def compared_chart(
    old: Tariffs,
    new: Tariffs,
    names: tuple[str, str],
    month: date,
    zone: ZoneInfo,
    taxes: tuple[Taxes, Taxes] = NO_TAXES,
) -> Chart | None:
    """Return both costs of a use in one picture; None as `cost_chart`, or in other currencies."""
    if not unit_of(old) or unit_of(old) != unit_of(new) or old[0].currency != new[0].currency:
        return None
    top = max(reach(old), reach(new))
    try:
        before, after = curves(old, new, top, month, zone, taxes=taxes)
    except engine.UsageError:
        return None
    pairs = list(zip(_even(before, top), _even(after, top), strict=True))
    words = {
        "use": _use(top, new),
        "old": _money(pairs[-1][0].cost, old),
        "new": _money(pairs[-1][1].cost, new),
        "before": names[0],
        "after": names[1],
    }
    finding = _("%(use)s cost %(old)s by %(before)s and %(new)s by %(after)s.") % words
    both = [Series("old", names[0], PREVIOUS.kind), Series("new", names[1], Kind.USE)]
    return _chart([(a.use, (a.cost, b.cost)) for a, b in pairs], both, new, finding)


def reach(tariffs: Tariffs) -> Decimal:
    """Return a round use beyond the last block, to which a chart goes."""
    most = max((bound * BEYOND for bound in _bounds(tariffs)), default=Decimal(0))
    step = Decimal(10) ** max(most.adjusted() - 1, 2)
    return max(Decimal(LEAST), -(-most // step) * step)


def _bounds(tariffs: Tariffs) -> Iterable[Decimal]:
    charges = [c for tariff in tariffs for c in tariff.charges if isinstance(c, EnergyCharge)]
    for charge in charges:
        for row in charge.rows:
            for slab in row.slabs[:-1]:
                bound = Fraction(slab.upper or 0)
                yield Decimal(bound.numerator) / bound.denominator / charge.scale


def _even(points: Sequence[Point], top: Decimal) -> list[Point]:
    """Return the points at even distances, for the places of a chart are as wide as each other."""
    by_use = {point.use: point for point in points}
    least = min((p.use for p in points if p.use > 0), default=Decimal(1))
    wanted = [top * i / STEPS for i in range(STEPS + 1)]
    found = [by_use.get(use) or by_use.get(use // least * least) for use in wanted]
    return [point for point in found if point is not None]


def _chart(
    points: Sequence[tuple[Decimal, tuple[Decimal, ...]]],
    series: Sequence[Series],
    tariffs: Tariffs,
    finding: str,
) -> Chart:
    currency = tariffs[0].currency
    bars = [
        Bar(
            number(use),
            tuple(to_minor(cost, currency) for cost in costs),
            about=_use(use, tariffs),
        )
        for use, costs in points
    ]
    return lines(
        bars,
        series,
        key="cost",
        finding=finding,
        unit="",
        money=currency,
        description=_("The cost of a month by its use in %(unit)s.")
        % {"unit": formats.unit_name(unit_of(tariffs))},
    )


def _use(use: Decimal, tariffs: Tariffs) -> str:
    return f"{number(use)} {formats.unit_name(unit_of(tariffs))}"


def number(use: Decimal) -> str:
    """Return a use without idle zeros."""
    return formats.number(use.to_integral() if use == use.to_integral() else use.normalize())


def _money(cost: Decimal, tariffs: Tariffs) -> str:
    currency = tariffs[0].currency
    return formats.money(to_minor(cost, currency), currency)
