"""Reads a charge per unit of a measured quantity, or of an attribute that nobody meters."""

from __future__ import annotations

from dataclasses import replace

from tariffs.engine.errors import TariffError
from tariffs.engine.pieces import Bound
from tariffs.engine.reading import quantity, widths
from tariffs.engine.reading.common import common
from tariffs.engine.reading.fields import Fields
from tariffs.engine.reading.names import Names
from tariffs.engine.reading.prices import bounded, is_free_elsewhere, price_rows, slabs
from tariffs.engine.reading.steps import check_steps, steps
from tariffs.engine.shape import EnergyCharge, SlabRule, SlabsWithTime, SlabWidth

Table = tuple[Bound | None, EnergyCharge]
OF_DAYS = (SlabWidth.PER_DAY, SlabWidth.YEAR)  # bounds that days are multiplied with


def energy(fields: Fields, names: Names) -> EnergyCharge:
    """Read the charge; its own fields are the prices, or tables of them.

    :raises TariffError: naming the field that does not fit
    """
    source = quantity.source(fields)
    unit = quantity.unit(fields, source)
    rule = fields.choice("slab_rule", SlabRule, SlabRule.MARGINAL)
    meeting = _meeting(fields)
    base = EnergyCharge(
        **common(fields),
        unit=unit,
        source=source,
        rows=(),
        slabs_with_time=meeting or SlabsWithTime.PROPORTIONAL,
        slab_rule=rule,
        **widths.widths(fields, is_attribute=source.startswith("@")),
        steps=steps(fields, unit, source),
        proration=quantity.proration(fields, source),
        free_elsewhere=is_free_elsewhere(fields),
    )
    read = _priced(base, meeting, fields, names)
    widths.check_widths(read, fields)
    check_steps(read, fields)
    return read


def _priced(
    base: EnergyCharge, meeting: SlabsWithTime | None, fields: Fields, names: Names
) -> EnergyCharge:
    if base.slab_rule is SlabRule.WHOLE_TABLE:
        tables = _tables(base, meeting, fields, names)
        return replace(base, rows=tables[0][1].rows, tables=tables)
    if fields.has("tables"):
        raise TariffError(fields.at("tables"), "only the slab rule whole_table has tables")
    read = _with_rows(base, meeting, fields, names)
    if read.slab_rule is not SlabRule.MARGINAL and not read.has_slabs:
        raise TariffError(fields.at("slab_rule"), "this charge has no slabs")
    if meeting is not None and not read.has_slabs:
        raise TariffError(fields.at("slabs_with_time"), "this charge has no slabs")
    return read


def _tables(
    base: EnergyCharge, meeting: SlabsWithTime | None, fields: Fields, names: Names
) -> tuple[Table, ...]:
    fields.refuse(dict.fromkeys(("price", "regular", "prices", "slabs"), "stands in the tables"))
    marginal = replace(base, slab_rule=SlabRule.MARGINAL)
    read = []
    for row, upper in bounded(fields, "tables", base.scale, finer=base.slab_width in OF_DAYS):
        read.append((upper, _with_rows(marginal, meeting, row, names)))
        row.end()
    if meeting is not None and not any(table.has_slabs for _, table in read):
        raise TariffError(fields.at("slabs_with_time"), "no table of this charge has slabs")
    return tuple(read)


def _with_rows(
    base: EnergyCharge, meeting: SlabsWithTime | None, fields: Fields, names: Names
) -> EnergyCharge:
    """Read the prices that stand in a charge, or in one table of it."""
    finer = base.slab_width in OF_DAYS
    ladder = slabs(fields, base.scale, finer=finer) if _has_ladder(meeting, fields) else ()
    rows = tuple(price_rows(fields, base.scale, names.seasons, names.bands, finer=finer))
    read = replace(base, rows=rows, ladder=ladder)
    if read.is_attribute and read.has_bands:
        raise TariffError(fields.at("prices"), "an attribute has no time bands")
    if read.has_slabs:
        _check_slabs(read, meeting, fields)
    return read


def _has_ladder(meeting: SlabsWithTime | None, fields: Fields) -> bool:
    """Say whether slabs stand beside the price rows; only the rule `total_only` has them."""
    if meeting is not SlabsWithTime.TOTAL_ONLY:
        return False
    if not fields.has("slabs") or not fields.has("prices"):
        raise TariffError(
            fields.at("slabs_with_time"),
            "total_only needs slabs, for the total, beside prices, for each band",
        )
    return True


def _meeting(fields: Fields) -> SlabsWithTime | None:
    if not fields.has("slabs_with_time"):
        return None
    return fields.choice("slabs_with_time", SlabsWithTime)


def _check_slabs(read: EnergyCharge, meeting: SlabsWithTime | None, fields: Fields) -> None:
    if read.has_bands and meeting is None:
        raise TariffError(
            fields.at("slabs_with_time"),
            f"is missing: slabs and bands meet, choose one of {', '.join(SlabsWithTime)}",
        )
    if meeting is SlabsWithTime.CHRONOLOGICAL and read.slab_rule is SlabRule.WHOLE_QUANTITY:
        raise TariffError(
            fields.at("slabs_with_time"), "one slab prices everything: it has no order of time"
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
    bounds: dict[str, list[Bound | None]] = {}
    for i, row in enumerate(read.rows):
        uppers = [slab.upper for slab in row.slabs]
        if bounds.setdefault(row.season, uppers) != uppers:
            raise TariffError(
                fields.at(f"prices[{i}].slabs"),
                "bounds must be the same in every band of a season: the bands share one ladder",
            )
