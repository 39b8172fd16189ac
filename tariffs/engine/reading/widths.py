"""Reads how wide slabs are: in bills of other lengths, and for what they are stated."""

from __future__ import annotations

from typing import Any

from tariffs.engine.errors import TariffError
from tariffs.engine.pieces import DayRange, SlabTimes
from tariffs.engine.reading.fields import Fields
from tariffs.engine.shape import EnergyCharge, SlabWidth

NEVER_WHOLE = (SlabWidth.PER_DAY, SlabWidth.YEAR)


def widths(fields: Fields, *, is_attribute: bool) -> dict[str, Any]:
    """Take what an energy charge holds about widths; an attribute has slabs as they are."""
    rule = SlabWidth.WHOLE if is_attribute else SlabWidth.PRORATE
    width = fields.choice("slab_width", SlabWidth, rule)
    if fields.has("whole_days") and width in NEVER_WHOLE:
        raise TariffError(
            fields.at("whole_days"), f"bounds of the width {width} are not those of a bill"
        )
    return {
        "slab_width": width,
        "whole_days": whole_days(fields),
        "slab_times": _slab_times(fields),
    }


def whole_days(fields: Fields) -> DayRange | None:
    """Take the numbers of days with which a bill counts as a whole one."""
    if not fields.has("whole_days"):
        return None
    rule = Fields(fields.take("whole_days"), fields.at("whole_days"))
    first, last = (rule.scaled(name, 0) for name in ("from", "to"))
    rule.end()
    if first < 1:
        raise TariffError(rule.at("from"), "must be at least 1")
    if last < first:
        raise TariffError(rule.at("to"), f"{last} is below {first}")
    return DayRange(first, last)


def check_widths(read: EnergyCharge, fields: Fields) -> None:
    """Refuse rules for widths where there is nothing wide."""
    if read.has_slabs or read.tables or read.steps.at_most is not None:
        return
    for name in ("whole_days", "slab_times"):
        if getattr(read, name) is not None:
            raise TariffError(fields.at(name), "this charge has no slabs and no cap")


def _slab_times(fields: Fields) -> SlabTimes | None:
    if not fields.has("slab_times"):
        return None
    rule = Fields(fields.take("slab_times"), fields.at("slab_times"))
    if rule.has("demand") == rule.has("attribute"):
        raise TariffError(rule.path, "needs either demand, a charge, or attribute")
    name = "demand" if rule.has("demand") else "attribute"
    value = rule.code(name)
    rule.end()
    return SlabTimes(**{name: value})
