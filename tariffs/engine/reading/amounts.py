"""Reads amounts of money, and bands of them that each have their own percentage."""

from __future__ import annotations

from core.money import minor_digits
from tariffs.engine.errors import TariffError
from tariffs.engine.pieces import TaxBand
from tariffs.engine.reading.fields import Fields, as_rows
from tariffs.engine.shape import PRICE_DIGITS


def minor(fields: Fields, name: str, currency: str) -> int:
    """Take an amount that the currency can pay, in minor units, not negative."""
    digits = minor_digits(currency)
    value = fields.scaled(name, digits)
    if value < 0:
        raise TariffError(fields.at(name), "must not be negative")
    return value


def money(fields: Fields, name: str) -> int:
    """Take an amount as exact as a price, in 10^-8 of the currency, not negative."""
    value = fields.scaled(name, PRICE_DIGITS)
    if value < 0:
        raise TariffError(fields.at(name), "must not be negative")
    return value


def rate(fields: Fields, name: str = "percent") -> int:
    """Take a percentage, in 10^-8 of one percent, not negative."""
    value = fields.scaled(name, PRICE_DIGITS)
    if value < 0:
        raise TariffError(fields.at(name), "must not be negative")
    return value


def bands(fields: Fields, currency: str) -> tuple[TaxBand, ...]:
    """Take rising bands of an amount; the last one is open."""
    rows = list(as_rows(fields.need("bands"), fields.at("bands")))
    if not rows:
        raise TariffError(fields.at("bands"), "must hold at least one row")
    read: list[TaxBand] = []
    for i, (item, path) in enumerate(rows):
        row = Fields(item, path)
        upper = _upper(row, read, currency, is_last=i == len(rows) - 1)
        read.append(TaxBand(upper, rate(row)))
        row.end()
    return tuple(read)


def _upper(row: Fields, before: list[TaxBand], currency: str, *, is_last: bool) -> int | None:
    if row.peek("up_to") is None:
        row.take("up_to")
        if not is_last:
            raise TariffError(row.at("up_to"), "is missing: only the last band is open")
        return None
    if is_last:
        raise TariffError(row.at("up_to"), "the last band must be open: nothing holds above it")
    upper = minor(row, "up_to", currency)
    if upper <= ((before[-1].upper_minor or 0) if before else 0):
        raise TariffError(row.at("up_to"), "must be above the band before, so that none overlap")
    return upper
