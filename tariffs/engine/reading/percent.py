"""Reads a percentage of other charges, one for all or one for each band of their sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tariffs.engine.choices import Beside
from tariffs.engine.errors import TariffError
from tariffs.engine.pieces import TaxBand
from tariffs.engine.reading import amounts
from tariffs.engine.reading.bases import named
from tariffs.engine.reading.common import common
from tariffs.engine.reading.fields import Fields
from tariffs.engine.reading.names import Names
from tariffs.engine.reading.prices import HUNDRED
from tariffs.engine.shape import PRICE_DIGITS, PercentCharge, Purpose

MOST = HUNDRED * 10**PRICE_DIGITS


def percent(fields: Fields, names: Names) -> PercentCharge:
    purpose = fields.choice("purpose", Purpose)
    why = "must name the charges it is a percentage of"
    of = named(fields, "of", names, why=why, but=tuple(Beside))
    rate, bands = _rates(fields, names, purpose)
    sign = -1 if purpose is Purpose.DISCOUNT else 1
    return PercentCharge(
        **common(fields, "none" if purpose is Purpose.TAX else "standard"),
        percent=sign * rate,
        of=tuple(code for code in of if code not in tuple(Beside)),
        beside=tuple(Beside(code) for code in of if code in tuple(Beside)),
        purpose=purpose,
        bands=tuple(replace(band, percent=sign * band.percent) for band in bands),
    )


def _rates(fields: Fields, names: Names, purpose: Purpose) -> tuple[int, Sequence[TaxBand]]:
    """Return the one percentage, or 0 and the bands."""
    if not fields.has("bands"):
        rate = amounts.rate(fields)
        _check(rate, fields.at("percent"), purpose)
        return rate, ()
    if fields.has("percent"):
        raise TariffError(fields.at("percent"), "give either percent or bands")
    path = fields.at("bands")
    bands = amounts.bands(fields, names.currency)
    for i, band in enumerate(bands):
        _check(band.percent, f"{path}[{i}].percent", purpose)
    return 0, bands


def _check(rate: int, path: str, purpose: Purpose) -> None:
    if purpose is Purpose.DISCOUNT and rate > MOST:
        raise TariffError(path, "a discount must not exceed 100")
