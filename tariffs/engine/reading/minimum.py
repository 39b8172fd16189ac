"""Reads a least amount of other charges."""

from __future__ import annotations

from tariffs.engine.errors import TariffError
from tariffs.engine.reading.bases import named
from tariffs.engine.reading.common import common
from tariffs.engine.reading.fields import Fields
from tariffs.engine.reading.names import Names
from tariffs.engine.reading.prices import price
from tariffs.engine.reading.times import month_day
from tariffs.engine.shape import MinimumBasis, MinimumCharge, Proration

YEAR_END = "12-31"


def minimum(fields: Fields, names: Names) -> MinimumCharge:
    of = named(fields, "of", names, why="must name the charges that it tops up")
    basis = fields.choice("basis", MinimumBasis, MinimumBasis.PERIOD)
    if basis is not MinimumBasis.YEAR and fields.has("year_ends"):
        raise TariffError(fields.at("year_ends"), "only a minimum per year has a year")
    return MinimumCharge(
        **common(fields),
        price=price(fields),
        of=of,
        basis=basis,
        proration=_proration(fields, basis),
        year_ends=month_day(fields, "year_ends", YEAR_END),
    )


def _proration(fields: Fields, basis: MinimumBasis) -> Proration:
    """Return the rule of a part: a minimum per period shrinks, one per year stays, by default."""
    if basis in (MinimumBasis.DAY, MinimumBasis.THIRTY_DAYS) and fields.has("proration"):
        raise TariffError(fields.at("proration"), "a minimum per day follows the days already")
    is_year = basis is MinimumBasis.YEAR
    return fields.choice("proration", Proration, Proration.WHOLE if is_year else Proration.DAYS)
