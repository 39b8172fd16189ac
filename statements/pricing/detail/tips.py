"""Short tips that follow from the prices themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _

from core import formats
from statements.presentation import labels
from statements.pricing.detail import rates
from tariffs import engine
from tariffs.engine.shape import EnergyCharge, PriceRow, SlabRule, SlabWidth


def tips(tariff: engine.Tariff) -> list[str]:
    """Return what a customer does well to know; each follows from one charge for use."""
    found: list[str] = []
    for charge in tariff.charges:
        if isinstance(charge, EnergyCharge) and not charge.credit:
            found += [*_hours(charge, tariff), *_seasons(charge, tariff), *_blocks(charge, tariff)]
    return list(dict.fromkeys(found))


def _hours(charge: EnergyCharge, tariff: engine.Tariff) -> Iterator[str]:
    by_season: dict[str, list[PriceRow]] = defaultdict(list)
    for row in charge.rows:
        if row.band:
            by_season[row.season].append(row)
    for named, rows in by_season.items():
        low, high = min(rows, key=_first), max(rows, key=_first)
        if _first(low) == _first(high):
            continue
        words = {
            "hours": labels.hours(low.band, tariff),
            "low": _each(low, charge, tariff),
            "high": _each(high, charge, tariff),
            "season": rates.season(named, tariff) if named else "",
        }
        if named:
            yield _("Cheapest hours in %(season)s: %(hours)s, %(low)s instead of %(high)s.") % words
        else:
            yield _("Cheapest hours: %(hours)s, %(low)s instead of %(high)s.") % words


def _seasons(charge: EnergyCharge, tariff: engine.Tariff) -> Iterator[str]:
    rows = [row for row in charge.rows if row.season and not row.band]
    if not rows or _first(min(rows, key=_first)) == _first(max(rows, key=_first)):
        return
    low, high = min(rows, key=_first), max(rows, key=_first)
    words = {
        "season": rates.season(low.season, tariff),
        "low": _each(low, charge, tariff),
        "high": _each(high, charge, tariff),
    }
    yield _("Cheapest season: %(season)s, %(low)s instead of up to %(high)s.") % words


def _blocks(charge: EnergyCharge, tariff: engine.Tariff) -> Iterator[str]:
    """Say where use becomes dearer."""
    row = charge.rows[0] if len(charge.rows) == 1 else None
    widths = (SlabWidth.PRORATE, SlabWidth.WHOLE)
    if row is None or len(row.slabs) < 2 or charge.slab_times or charge.slab_width not in widths:
        return
    below, last = row.slabs[-2], row.slabs[-1]
    if last.price <= below.price:
        return
    words = {
        "block": labels.slab({"lower": below.upper, "upper": None}, charge.scale, charge.unit),
        "price": formats.rate(last.price, tariff.currency),
        "below": formats.rate(below.price, tariff.currency),
        "each": labels.unit_words(charge.unit),
    }
    if charge.slab_rule is SlabRule.MARGINAL:
        yield _("What is %(block)s costs %(price)s %(each)s instead of %(below)s.") % words
    else:
        yield _("A use %(block)s costs %(price)s %(each)s for all of it.") % words


def _first(row: PriceRow) -> int:
    return row.slabs[0].price


def _each(row: PriceRow, charge: EnergyCharge, tariff: engine.Tariff) -> str:
    words = {
        "price": formats.rate(_first(row), tariff.currency),
        "each": labels.unit_words(charge.unit),
    }
    return _("%(price)s %(each)s") % words
