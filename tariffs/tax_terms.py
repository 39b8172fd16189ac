"""What a tax states beside its rate: bands, amounts and earlier taxes, read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.money import NotExact, minor_digits, to_minor, to_scaled
from tariffs.engine.pieces import TaxBand
from tariffs.engine.shape import PRICE_DIGITS


def bands(rows: Any, currency: str) -> tuple[TaxBand, ...]:
    """Return the bands of a tiered tax: bounds in minor units, percentages in 10^-8.

    :raises ValidationError: naming the band at fault
    """
    if not isinstance(rows, list) or not rows:
        raise ValidationError(_('Write the bands as [{"up_to": "50.00", "percent": "0"}, …].'))
    found: list[TaxBand] = []
    for number, row in enumerate(rows, 1):
        is_last = number == len(rows)
        band = _band(row, number, currency, is_last=is_last)
        if found and band.upper_minor is not None and band.upper_minor <= _upper(found[-1]):
            raise _wrong(number, _("The bound of band %(number)s must be above the one before."))
        found.append(band)
    return tuple(found)


def _upper(band: TaxBand) -> int:
    return band.upper_minor or 0


def _band(row: Any, number: int, currency: str, *, is_last: bool) -> TaxBand:
    if not isinstance(row, Mapping) or set(row) - {"up_to", "percent"} or "percent" not in row:
        raise _wrong(number, _("Band %(number)s has up_to and percent, and nothing else."))
    if ("up_to" in row) == is_last:
        raise _wrong(number, _("Band %(number)s: every band has a bound, but for the last one."))
    try:
        percent = to_scaled(_decimal(row["percent"]), PRICE_DIGITS)
        upper = None if is_last else to_minor(_decimal(row["up_to"]), currency)
    except (InvalidOperation, NotExact, TypeError):
        said = _("Band %(number)s: write numbers in quotes, as exact as the currency.")
        raise _wrong(number, said) from None
    if percent < 0 or (upper is not None and upper <= 0):
        raise _wrong(
            number,
            _("The numbers of band %(number)s must not be below zero, and its bound above it."),
        )
    return TaxBand(upper, percent)


def _decimal(value: Any) -> Decimal:
    """Return a number written in quotes; a float has lost digits already.

    :raises TypeError: if it is none
    :raises InvalidOperation: if the text is no number
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError(value)
    number = Decimal(value)
    if not number.is_finite() or number.adjusted() > 12:
        raise InvalidOperation
    return number


def _wrong(number: int, said: str) -> ValidationError:
    return ValidationError(said % {"number": number})


def minor(amount: Decimal, currency: str) -> int:
    """Return an amount in minor units.

    :raises ValidationError: if the currency has fewer decimals
    """
    try:
        return to_minor(amount, currency)
    except NotExact:
        words = {"currency": currency, "digits": minor_digits(currency)}
        said = _("Amounts in %(currency)s have %(digits)s decimals at most.")
        raise ValidationError(said % words) from None


def codes(text: str) -> tuple[str, ...]:
    """Return the codes that are written with spaces or commas between them."""
    return tuple(text.replace(",", " ").split())
