"""Reads one charge of a definition: energy, fixed or percent."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tariffs.engine.errors import TariffError
from tariffs.engine.fields import Fields, as_rows
from tariffs.engine.shape import (
    PRICE_DIGITS,
    UNITS,
    AnyCharge,
    EnergyCharge,
    FixedBasis,
    FixedCharge,
    PercentCharge,
    PriceRow,
    Proration,
    Purpose,
    Slab,
    SlabsWithTime,
    SlabWidth,
)
from tariffs.engine.times import base_units

ENTERED_DIGITS = 6
HUNDRED = 100
NOT_YET_KINDS = ("demand", "minimum", "credit")
NOT_YET_SLAB_RULES = ("whole_quantity", "whole_table")
NOT_YET_BASES = ("served_day", "kw", "kva")
NOT_YET = {
    "round_quantity": "rounding the quantity before it is priced is not computed yet",
    "demand": "demand is not computed yet",
    "ratchet": "a ratchet is not computed yet",
    "minimum": "a minimum is not computed yet",
    "export": "export credits are not computed yet",
}


def charge(
    item: object, path: str, *, seasons: Collection[str], bands: Collection[str]
) -> AnyCharge:
    """Read one charge; seasons and bands are the names that its rows may use.

    :raises TariffError: naming the row
    """
    fields = Fields(item, path)
    kind = fields.text("kind")
    fields.refuse(NOT_YET)
    if kind in NOT_YET_KINDS:
        raise TariffError(fields.at("kind"), f"a charge of kind {kind!r} is not computed yet")
    if kind == "energy":
        read: AnyCharge = _energy(fields, seasons, bands)
    elif kind == "fixed":
        read = _fixed(fields)
    elif kind == "percent":
        read = _percent(fields)
    else:
        raise TariffError(fields.at("kind"), f"{kind!r} must be one of energy, fixed, percent")
    fields.end()
    return read


def _common(fields: Fields, tax_class: str = "standard") -> dict[str, Any]:
    code = fields.code("code")
    if not code:
        raise TariffError(fields.at("code"), "must not be empty")
    return {
        "code": code,
        "name": fields.text("name", code),
        "tax_class": fields.code("tax_class", tax_class),
        "when": frozenset(fields.texts("when")),
    }


def _energy(fields: Fields, seasons: Collection[str], bands: Collection[str]) -> EnergyCharge:
    unit = fields.text("unit")
    if unit not in UNITS:
        raise TariffError(fields.at("unit"), f"{unit!r} must be one of {', '.join(UNITS)}")
    _slab_rule(fields)
    scale = UNITS[unit][1]
    meeting = _meeting(fields)
    ladder = _ladder(fields, scale, beside_rows=meeting is SlabsWithTime.TOTAL_ONLY)
    read = EnergyCharge(
        **_common(fields),
        unit=unit,
        source=fields.code("source", "import"),
        rows=tuple(_price_rows(fields, scale, seasons, bands)),
        ladder=ladder,
        slabs_with_time=meeting or SlabsWithTime.PROPORTIONAL,
        slab_width=fields.choice("slab_width", SlabWidth, SlabWidth.PRORATE),
        free_elsewhere=_elsewhere(fields),
    )
    if read.has_slabs:
        _check_slabs(read, meeting, fields)
    elif meeting is not None:
        raise TariffError(fields.at("slabs_with_time"), "this charge has no slabs")
    return read


def _slab_rule(fields: Fields) -> None:
    rule = fields.text("slab_rule", "marginal")
    if rule in NOT_YET_SLAB_RULES:
        raise TariffError(fields.at("slab_rule"), f"the rule {rule!r} is not computed yet")
    if rule != "marginal":
        raise TariffError(fields.at("slab_rule"), f"{rule!r} must be marginal")


def _meeting(fields: Fields) -> SlabsWithTime | None:
    if not fields.has("slabs_with_time"):
        return None
    return fields.choice("slabs_with_time", SlabsWithTime)


def _ladder(fields: Fields, scale: int, *, beside_rows: bool) -> tuple[Slab, ...]:
    """Return the slabs that stand beside the price rows; only the rule `total_only` has them."""
    if not beside_rows:
        return ()
    if not fields.has("slabs") or not fields.has("prices"):
        raise TariffError(
            fields.at("slabs_with_time"),
            "total_only needs slabs, for the total, beside prices, for each band",
        )
    return _slabs(fields, scale)


def _elsewhere(fields: Fields) -> bool:
    value = fields.text("elsewhere", "refused")
    if value not in ("refused", "free"):
        raise TariffError(fields.at("elsewhere"), f"{value!r} must be refused or free")
    return value == "free"


def _price_rows(
    fields: Fields, scale: int, seasons: Collection[str], bands: Collection[str]
) -> list[PriceRow]:
    if not fields.has("prices"):
        return [PriceRow("", "", _row_slabs(fields, scale))]
    if fields.has("price") or fields.has("slabs"):
        raise TariffError(fields.at("prices"), "give either prices, or one price, or slabs")
    read = []
    for item, path in fields.rows("prices"):
        row = Fields(item, path)
        season, band = _known(row, "season", seasons), _known(row, "band", bands)
        read.append(PriceRow(season, band, _row_slabs(row, scale)))
        row.end()
    if not read:
        raise TariffError(fields.at("prices"), "must hold at least one row")
    return read


def _known(row: Fields, name: str, known: Collection[str]) -> str:
    value = row.text(name, "")
    if value and value not in known:
        raise TariffError(row.at(name), f"{value!r} is not among the {name}s of this tariff")
    return value


def _row_slabs(fields: Fields, scale: int) -> tuple[Slab, ...]:
    if fields.has("slabs"):
        return _slabs(fields, scale)
    return (Slab(None, _price(fields)),)


def _slabs(fields: Fields, scale: int) -> tuple[Slab, ...]:
    rows = list(as_rows(fields.need("slabs"), fields.at("slabs")))
    if not rows:
        raise TariffError(fields.at("slabs"), "must hold at least one row")
    read: list[Slab] = []
    for i, (item, path) in enumerate(rows):
        row = Fields(item, path)
        upper = _upper(row, scale)
        _check_bound(read, upper, row, is_last=i == len(rows) - 1)
        read.append(Slab(upper, _price(row)))
        row.end()
    return tuple(read)


def _upper(row: Fields, scale: int) -> int | None:
    if row.peek("up_to") is not None:
        return base_units(row, "up_to", scale)
    row.take("up_to")
    return None


def _check_bound(above: list[Slab], upper: int | None, row: Fields, *, is_last: bool) -> None:
    if is_last and upper is not None:
        raise TariffError(row.at("up_to"), "the last slab must be open: use above it has no price")
    if not is_last and upper is None:
        raise TariffError(row.at("up_to"), "is missing: only the last slab is open")
    lower = above[-1].upper if above else 0
    if upper is not None and lower is not None and upper <= lower:
        raise TariffError(row.at("up_to"), "must be above the slab before, so that none overlap")


def _price(fields: Fields) -> int:
    """Take a price as entered, or derive it exactly from the regular one and a discount."""
    if fields.has("regular"):
        return _discounted(fields)
    price = fields.scaled("price", ENTERED_DIGITS, scale=PRICE_DIGITS)
    if price < 0:
        raise TariffError(fields.at("price"), "must not be negative")
    return price


def _discounted(fields: Fields) -> int:
    if fields.has("price"):
        raise TariffError(fields.at("price"), "is derived from regular and discount_percent")
    regular = fields.scaled("regular", ENTERED_DIGITS, scale=ENTERED_DIGITS)
    percent = fields.scaled("discount_percent", ENTERED_DIGITS, scale=ENTERED_DIGITS)
    whole = HUNDRED * 10**ENTERED_DIGITS
    if regular < 0:
        raise TariffError(fields.at("regular"), "must not be negative")
    if not 0 <= percent <= whole:
        raise TariffError(fields.at("discount_percent"), "must be from 0 to 100")
    price, rest = divmod(
        regular * (whole - percent), whole // 10 ** (PRICE_DIGITS - ENTERED_DIGITS)
    )
    if rest:
        raise TariffError(
            fields.at("discount_percent"), f"gives a price of more than {PRICE_DIGITS} decimals"
        )
    return price


def _check_slabs(read: EnergyCharge, meeting: SlabsWithTime | None, fields: Fields) -> None:
    if read.has_bands and meeting is None:
        raise TariffError(
            fields.at("slabs_with_time"),
            f"is missing: slabs and bands meet, choose one of {', '.join(SlabsWithTime)}",
        )
    if read.ladder:
        if any(len(row.slabs) > 1 for row in read.rows):
            raise TariffError(fields.at("prices"), "rows beside total_only slabs have one price")
        return
    if len({bool(row.season) for row in read.rows}) > 1:
        raise TariffError(fields.at("prices"), "with slabs, every row names a season or none does")
    if meeting is not SlabsWithTime.PER_PERIOD:
        _check_same_bounds(read, fields)


def _check_same_bounds(read: EnergyCharge, fields: Fields) -> None:
    bounds: dict[str, list[int | None]] = {}
    for i, row in enumerate(read.rows):
        uppers = [slab.upper for slab in row.slabs]
        if bounds.setdefault(row.season, uppers) != uppers:
            raise TariffError(
                fields.at(f"prices[{i}].slabs"),
                "bounds must be the same in every band of a season: the bands share one ladder",
            )


def _fixed(fields: Fields) -> FixedCharge:
    basis = fields.take("basis", FixedBasis.PERIOD.value)
    if basis in NOT_YET_BASES:
        raise TariffError(fields.at("basis"), f"the basis {basis!r} is not computed yet")
    if basis not in list(FixedBasis):
        known = ", ".join(FixedBasis)
        raise TariffError(fields.at("basis"), f"{basis!r} must be one of {known}")
    if basis != FixedBasis.PERIOD and fields.has("proration"):
        raise TariffError(fields.at("proration"), "only an amount per period is prorated")
    return FixedCharge(
        **_common(fields),
        price=_price(fields),
        basis=FixedBasis(basis),
        proration=fields.choice("proration", Proration, Proration.DAYS),
    )


def _percent(fields: Fields) -> PercentCharge:
    purpose = fields.choice("purpose", Purpose)
    percent = fields.scaled("percent", ENTERED_DIGITS, scale=PRICE_DIGITS)
    if percent < 0:
        raise TariffError(fields.at("percent"), "must not be negative; a discount has its purpose")
    if purpose is Purpose.DISCOUNT and percent > HUNDRED * 10**PRICE_DIGITS:
        raise TariffError(fields.at("percent"), "a discount must not exceed 100")
    of = fields.texts("of")
    if not of:
        raise TariffError(fields.at("of"), "must name the charges it is a percentage of")
    return PercentCharge(
        **_common(fields, "none" if purpose is Purpose.TAX else "standard"),
        percent=-percent if purpose is Purpose.DISCOUNT else percent,
        of=of,
        purpose=purpose,
    )


def bases(charges: list[AnyCharge]) -> dict[str, tuple[str, ...]]:
    """Return the charges that each charge is a percentage of."""
    return {c.code: c.of if isinstance(c, PercentCharge) else () for c in charges}
