"""Reads prices: one, derived from a discount, in slabs, or in rows by season and band."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tariffs.engine.errors import TariffError
from tariffs.engine.pieces import Bound, PriceRow, Slab
from tariffs.engine.reading.fields import Fields, as_rows
from tariffs.engine.reading.times import base_units, finer_units
from tariffs.engine.shape import PRICE_DIGITS

HUNDRED = 100


def price_rows(
    fields: Fields,
    scale: int,
    seasons: Collection[str],
    bands: Collection[str],
    *,
    finer: bool,
) -> list[PriceRow]:
    """Take the prices of every season and band.

    :param finer: whether bounds of slabs may be finer than base units
    """
    if not fields.has("prices"):
        return [PriceRow("", "", row_slabs(fields, scale, finer=finer))]
    if fields.has("price") or fields.has("slabs"):
        raise TariffError(fields.at("prices"), "give either prices, or one price, or slabs")
    read = []
    for item, path in fields.rows("prices"):
        row = Fields(item, path)
        season, band = known(row, "season", seasons), known(row, "band", bands)
        read.append(PriceRow(season, band, row_slabs(row, scale, finer=finer)))
        row.end()
    if not read:
        raise TariffError(fields.at("prices"), "must hold at least one row")
    return read


def is_free_elsewhere(fields: Fields) -> bool:
    """Say whether time that no row prices costs nothing; else it is refused."""
    value = fields.text("elsewhere", "refused")
    if value not in ("refused", "free"):
        raise TariffError(fields.at("elsewhere"), f"{value!r} must be refused or free")
    return value == "free"


def known(row: Fields, name: str, names: Collection[str]) -> str:
    """Take the name of a season or band; left out, it is empty."""
    value = row.text(name, "")
    if value and value not in names:
        raise TariffError(row.at(name), f"{value!r} is not among the {name}s of this tariff")
    return value


def row_slabs(fields: Fields, scale: int, *, finer: bool) -> tuple[Slab, ...]:
    if fields.has("slabs"):
        return slabs(fields, scale, finer=finer)
    return (Slab(None, price(fields)),)


def slabs(fields: Fields, scale: int, *, finer: bool) -> tuple[Slab, ...]:
    read = []
    for row, upper in bounded(fields, "slabs", scale, finer=finer):
        read.append(Slab(upper, price(row)))
        row.end()
    return tuple(read)


def bounded(
    fields: Fields, name: str, scale: int, *, finer: bool
) -> Iterator[tuple[Fields, Bound | None]]:
    """Yield the rows of a list whose bounds rise, each with its own; the last one is open.

    :param name: of the list, in the plural
    """
    rows = list(as_rows(fields.need(name), fields.at(name)))
    if not rows:
        raise TariffError(fields.at(name), "must hold at least one row")
    word = name.removesuffix("s")
    lower: Bound = 0
    for i, (item, path) in enumerate(rows):
        row = Fields(item, path)
        upper = _upper(row, scale, finer=finer)
        _check_bound(lower, upper, row, word, is_last=i == len(rows) - 1)
        if upper is not None:
            lower = upper
        yield row, upper


def _upper(row: Fields, scale: int, *, finer: bool) -> Bound | None:
    if row.peek("up_to") is not None:
        return finer_units(row, "up_to", scale) if finer else base_units(row, "up_to", scale)
    row.take("up_to")
    return None


def _check_bound(
    lower: Bound, upper: Bound | None, row: Fields, word: str, *, is_last: bool
) -> None:
    if is_last and upper is not None:
        raise TariffError(
            row.at("up_to"), f"the last {word} must be open: use above it has no price"
        )
    if not is_last and upper is None:
        raise TariffError(row.at("up_to"), f"is missing: only the last {word} is open")
    if upper is not None and upper <= lower:
        raise TariffError(row.at("up_to"), f"must be above the {word} before, so that none overlap")


def price(fields: Fields) -> int:
    """Take a price as entered, or derive it exactly from the regular one and a discount."""
    if fields.has("regular"):
        return _discounted(fields)
    price = fields.scaled("price", PRICE_DIGITS)
    if price < 0:
        raise TariffError(fields.at("price"), "must not be negative")
    return price


def _discounted(fields: Fields) -> int:
    if fields.has("price"):
        raise TariffError(fields.at("price"), "is derived from regular and discount_percent")
    regular = fields.scaled("regular", PRICE_DIGITS)
    percent = fields.scaled("discount_percent", PRICE_DIGITS)
    whole = HUNDRED * 10**PRICE_DIGITS
    if regular < 0:
        raise TariffError(fields.at("regular"), "must not be negative")
    if not 0 <= percent <= whole:
        raise TariffError(fields.at("discount_percent"), "must be from 0 to 100")
    price, rest = divmod(regular * (whole - percent), whole)
    if rest:
        raise TariffError(
            fields.at("discount_percent"), f"gives a price of more than {PRICE_DIGITS} decimals"
        )
    return price
