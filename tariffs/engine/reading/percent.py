"""Reads a percentage of other charges."""

from __future__ import annotations

from tariffs.engine.errors import TariffError
from tariffs.engine.reading.common import common
from tariffs.engine.reading.fields import Fields
from tariffs.engine.reading.names import Names
from tariffs.engine.reading.prices import ENTERED_DIGITS, HUNDRED
from tariffs.engine.shape import PRICE_DIGITS, PercentCharge, Purpose


def percent(fields: Fields, names: Names) -> PercentCharge:
    purpose = fields.choice("purpose", Purpose)
    rate = fields.scaled("percent", ENTERED_DIGITS, scale=PRICE_DIGITS)
    if rate < 0:
        raise TariffError(fields.at("percent"), "must not be negative; a discount has its purpose")
    if purpose is Purpose.DISCOUNT and rate > HUNDRED * 10**PRICE_DIGITS:
        raise TariffError(fields.at("percent"), "a discount must not exceed 100")
    of = fields.texts("of")
    if not of:
        raise TariffError(fields.at("of"), "must name the charges it is a percentage of")
    return PercentCharge(
        **common(fields, "none" if purpose is Purpose.TAX else "standard"),
        percent=-rate if purpose is Purpose.DISCOUNT else rate,
        of=names.charges(of),
        purpose=purpose,
    )
