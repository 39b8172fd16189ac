"""Reads how the total of a bill comes about."""

from __future__ import annotations

from enum import StrEnum

from core.money import Rounding
from tariffs.engine.errors import TariffError
from tariffs.engine.pieces import TotalRule
from tariffs.engine.reading import amounts
from tariffs.engine.reading.fields import Fields
from tariffs.engine.reading.names import Names


class Round(StrEnum):
    LINES = "lines"
    ONCE = "once"


def total(top: Fields, names: Names) -> TotalRule:
    fields = Fields(top.take("total", {}), top.at("total"))
    rule = TotalRule(
        once=fields.choice("round", Round, Round.LINES) is Round.ONCE,
        step_minor=_step(fields, names),
        rounding=fields.choice("rounding", Rounding, Rounding.HALF_UP),
    )
    fields.end()
    return rule


def _step(fields: Fields, names: Names) -> int:
    if not fields.has("to"):
        return 1
    step = amounts.minor(fields, "to", names.currency)
    if not step:
        raise TariffError(fields.at("to"), "must be greater than 0")
    return step
