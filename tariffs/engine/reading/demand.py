"""Reads a price per kW or kVA of billing demand."""

from __future__ import annotations

from collections.abc import Collection

from tariffs.engine.errors import TariffError
from tariffs.engine.measures import DEMAND_UNITS, UNITS
from tariffs.engine.pieces import PriceRow
from tariffs.engine.reading.common import common
from tariffs.engine.reading.fields import Fields
from tariffs.engine.reading.names import Names
from tariffs.engine.reading.prices import HUNDRED, is_free_elsewhere, price_rows
from tariffs.engine.reading.quantum import quantum
from tariffs.engine.reading.times import base_units
from tariffs.engine.shape import (
    PRICE_DIGITS,
    DemandBasis,
    DemandCharge,
    Peak,
    Proration,
    Ratchet,
    RatchetRule,
    SlabRule,
)

HOUR = 60  # minutes
MOST_DAYS = 31
MOST_MONTHS = 120


def demand(fields: Fields, names: Names) -> DemandCharge:
    unit = fields.text("unit")
    if unit not in DEMAND_UNITS:
        raise TariffError(fields.at("unit"), f"{unit!r} must be one of {', '.join(DEMAND_UNITS)}")
    scale = UNITS[unit].scale
    source, reactive = _sources(fields, unit)
    peak, mean_of = _peak(fields)
    _check_daily(fields, peak)
    basis = fields.choice("basis", DemandBasis, DemandBasis.PERIOD)
    if basis is DemandBasis.DAY and fields.has("proration"):
        raise TariffError(fields.at("proration"), "only a price per period is prorated")
    rows = tuple(price_rows(fields, scale, names.seasons, names.bands, finer=False))
    return DemandCharge(
        **common(fields),
        unit=unit,
        source=source,
        rows=rows,
        with_reactive=reactive,
        minutes=_minutes(fields),
        rolling=_rolling(fields),
        peak=peak,
        mean_of=mean_of,
        ratchet=_ratchet(fields, rows, names.seasons),
        floor=base_units(fields, "floor", scale) if fields.has("floor") else 0,
        quantum=quantum(fields, scale),
        basis=basis,
        proration=fields.choice("proration", Proration, Proration.DAYS),
        slab_rule=_slab_rule(fields, rows),
        free_elsewhere=is_free_elsewhere(fields),
    )


def _sources(fields: Fields, unit: str) -> tuple[str, str]:
    """Take the channel, and that of reactive energy; a kVA is never a kW by another name."""
    reactive = fields.code("with_reactive", "")
    if unit != "kVA" and reactive:
        raise TariffError(fields.at("with_reactive"), "only a demand in kVA has a reactive part")
    if unit == "kVA" and not reactive and not fields.has("source"):
        raise TariffError(
            fields.at("source"), "is missing: name a channel of VAh, or give with_reactive"
        )
    source = fields.code("source", "import")
    if not source:
        raise TariffError(fields.at("source"), "must not be empty")
    if source == reactive:
        raise TariffError(fields.at("with_reactive"), f"{reactive!r} is the source itself")
    return source, reactive


def _minutes(fields: Fields) -> int:
    minutes = _whole(fields, "minutes", HOUR) if fields.has("minutes") else 15
    if HOUR % minutes:
        raise TariffError(fields.at("minutes"), f"{minutes} does not divide an hour of 60")
    return minutes


def _rolling(fields: Fields) -> bool:
    value = fields.take("rolling", False)
    if not isinstance(value, bool):
        raise TariffError(fields.at("rolling"), "must be true or false")
    return value


def _peak(fields: Fields) -> tuple[Peak, int]:
    """Take which averages count, and the number of days of a mean."""
    value = fields.take("peak", Peak.GREATEST.value)
    if value in (Peak.GREATEST, Peak.DAILY):
        return Peak(value), 0
    if isinstance(value, str):
        raise TariffError(
            fields.at("peak"), f'{value!r} must be greatest, daily or {{"mean_of": 3}}'
        )
    given = Fields(value, fields.at("peak"))
    days = _whole(given, "mean_of", MOST_DAYS)
    given.end()
    return Peak.MEAN, days


def _check_daily(fields: Fields, peak: Peak) -> None:
    """Refuse what a sum of days has no use for: it is due for each day, and no single peak."""
    for name in ("ratchet", "floor", "basis", "proration"):
        if peak is Peak.DAILY and fields.has(name):
            raise TariffError(fields.at(name), "does not go with the sum of daily peaks")


def _ratchet(
    fields: Fields, rows: Collection[PriceRow], seasons: Collection[str]
) -> Ratchet | None:
    if not fields.has("ratchet"):
        return None
    given = Fields(fields.take("ratchet"), fields.at("ratchet"))
    if any(row.band for row in rows):
        raise TariffError(given.path, "a charge with time bands has no ratchet")
    percent = given.scaled("percent", PRICE_DIGITS)
    if not 0 < percent <= HUNDRED * 10**PRICE_DIGITS:
        raise TariffError(given.at("percent"), "must be above 0 and at most 100")
    season = given.text("season", "")
    if season and season not in seasons:
        raise TariffError(given.at("season"), f"{season!r} is not among the seasons of this tariff")
    months = _whole(given, "months", MOST_MONTHS)
    rule = given.choice("rule", RatchetRule, RatchetRule.GREATEST)
    given.end()
    return Ratchet(percent, months, season, rule)


def _slab_rule(fields: Fields, rows: Collection[PriceRow]) -> SlabRule:
    if not fields.has("slab_rule"):
        return SlabRule.MARGINAL
    rule = fields.choice("slab_rule", SlabRule)
    if rule is SlabRule.WHOLE_TABLE:
        raise TariffError(fields.at("slab_rule"), "a demand is marginal or whole_quantity")
    if not any(len(row.slabs) > 1 for row in rows):
        raise TariffError(fields.at("slab_rule"), "this charge has no slabs")
    return rule


def _whole(fields: Fields, name: str, most: int) -> int:
    number = fields.decimal(name)
    if number != int(number) or not 1 <= number <= most:
        raise TariffError(fields.at(name), f"{number} must be a whole number from 1 to {most}")
    return int(number)
