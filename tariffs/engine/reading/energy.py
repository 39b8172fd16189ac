"""Reads a charge per unit of a measured quantity."""

from __future__ import annotations

from tariffs.engine.errors import TariffError
from tariffs.engine.measures import UNITS
from tariffs.engine.pieces import Slab
from tariffs.engine.reading.common import common
from tariffs.engine.reading.fields import Fields
from tariffs.engine.reading.names import Names
from tariffs.engine.reading.prices import price_rows, slabs
from tariffs.engine.shape import EnergyCharge, SlabsWithTime, SlabWidth

NOT_YET_SLAB_RULES = ("whole_quantity", "whole_table")


def energy(fields: Fields, names: Names) -> EnergyCharge:
    unit = fields.text("unit")
    if unit not in UNITS:
        raise TariffError(fields.at("unit"), f"{unit!r} must be one of {', '.join(UNITS)}")
    _slab_rule(fields)
    scale = UNITS[unit].scale
    meeting = _meeting(fields)
    ladder = _ladder(fields, scale, beside_rows=meeting is SlabsWithTime.TOTAL_ONLY)
    read = EnergyCharge(
        **common(fields),
        unit=unit,
        source=fields.code("source", "import"),
        rows=tuple(price_rows(fields, scale, names.seasons, names.bands)),
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
    return slabs(fields, scale)


def _elsewhere(fields: Fields) -> bool:
    value = fields.text("elsewhere", "refused")
    if value not in ("refused", "free"):
        raise TariffError(fields.at("elsewhere"), f"{value!r} must be refused or free")
    return value == "free"


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
