"""Reads an amount that does not depend on use."""

from __future__ import annotations

from tariffs.engine.errors import TariffError
from tariffs.engine.reading.common import common
from tariffs.engine.reading.fields import Fields
from tariffs.engine.reading.names import Names
from tariffs.engine.reading.prices import price
from tariffs.engine.shape import FixedBasis, FixedCharge, Proration


def fixed(fields: Fields, names: Names) -> FixedCharge:
    basis = fields.take("basis", FixedBasis.PERIOD.value)
    if basis not in list(FixedBasis):
        known = ", ".join(FixedBasis)
        raise TariffError(fields.at("basis"), f"{basis!r} must be one of {known}")
    if basis != FixedBasis.PERIOD and fields.has("proration"):
        raise TariffError(fields.at("proration"), "only an amount per period is prorated")
    return FixedCharge(
        **common(fields),
        prices=(("", price(fields)),),
        basis=FixedBasis(basis),
        proration=fields.choice("proration", Proration, Proration.DAYS),
    )
