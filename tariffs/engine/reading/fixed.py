"""Reads an amount that does not depend on use."""

from __future__ import annotations

from collections.abc import Iterator

from tariffs.engine.errors import TariffError
from tariffs.engine.reading.common import common
from tariffs.engine.reading.fields import Fields
from tariffs.engine.reading.names import Names
from tariffs.engine.reading.prices import known, price
from tariffs.engine.reading.widths import whole_days
from tariffs.engine.shape import FixedBasis, FixedCharge, Proration

PRORATED = (FixedBasis.PERIOD, FixedBasis.MONTH)
PERIODIC = (*PRORATED, FixedBasis.THIRTY_DAYS)


def fixed(fields: Fields, names: Names) -> FixedCharge:
    basis = fields.choice("basis", FixedBasis, FixedBasis.PERIOD)
    if basis not in PRORATED and fields.has("proration"):
        raise TariffError(fields.at("proration"), "only an amount per period or month is prorated")
    if basis not in PERIODIC and fields.has("whole_days"):
        raise TariffError(fields.at("whole_days"), f"an amount per {basis} is not that of a bill")
    proration = fields.choice("proration", Proration, Proration.DAYS)
    if proration is Proration.WHOLE and fields.has("whole_days"):
        raise TariffError(fields.at("whole_days"), "an amount that is always whole needs no days")
    return FixedCharge(
        **common(fields),
        prices=tuple(_prices(fields, names)),
        basis=basis,
        proration=proration,
        whole_days=whole_days(fields),
    )


def _prices(fields: Fields, names: Names) -> Iterator[tuple[str, int]]:
    if not fields.has("prices"):
        yield "", price(fields)
        return
    if fields.has("price") or fields.has("regular"):
        raise TariffError(fields.at("prices"), "give either prices by season or one price")
    rows = list(fields.rows("prices"))
    if not rows:
        raise TariffError(fields.at("prices"), "must hold at least one row")
    for item, path in rows:
        row = Fields(item, path)
        yield known(row, "season", names.seasons), price(row)
        row.end()
