"""What happens to a metered quantity before it is priced; whole base units after each step."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from core.money import Rounding
from tariffs.engine.arithmetic import SAFE, Whole, greatest, priced, times
from tariffs.engine.errors import UsageError
from tariffs.engine.measures import UNITS
from tariffs.engine.pieces import Conversion, Factor, Less
from tariffs.engine.quantities import widths
from tariffs.engine.quantities.around import Around
from tariffs.engine.quantities.runs import Runs, metered
from tariffs.engine.shape import PRICE_SCALE, EnergyCharge
from tariffs.engine.values import Segment

HUNDRED_PERCENT = 100 * PRICE_SCALE


def stepped(charge: EnergyCharge, segment: Segment, runs: Runs, around: Around) -> Runs:
    """Return what is priced of each price row.

    :raises UsageError: if a number of the conversion is not given
    """
    rows = np.unique(runs.rows)
    units = _by_row(runs, rows)
    for less in charge.steps.less:
        units = np.maximum(units - taken_off(charge, less, segment, rows, around), 0)
    if charge.steps.share is not None:
        units = _times(units, Fraction(charge.steps.share, HUNDRED_PERCENT))
    if rule := charge.steps.conversion:
        units = _times(units, conversion(charge, rule, segment))
    if charge.steps.at_most is not None:
        units = np.minimum(units, _cap(charge, segment, around))
    if quantum := charge.steps.quantum:
        units = times(_times(units, Fraction(1, quantum.to), quantum.rounding), quantum.to)
    return Runs(_fit_to_sum(units), rows)


def taken_off(
    charge: EnergyCharge, less: Less, segment: Segment, rows: np.ndarray, around: Around
) -> Whole:
    """Return (n, rows) what another quantity takes off each price row."""
    other = metered(charge, segment, around.others[less.source], around)
    return _times(_by_row(other, rows), Fraction(less.percent, HUNDRED_PERCENT))


def conversion(charge: EnergyCharge, rule: Conversion, segment: Segment) -> Fraction:
    """Return the base units that are priced for one that is metered."""
    product = Fraction(charge.scale, UNITS[rule.unit].scale)
    for factor in rule.factors:
        value = Fraction(_value(factor, segment, charge.code), PRICE_SCALE)
        product = product / value if factor.divides else product * value
    return product


def told(charge: EnergyCharge, segment: Segment, around: Around) -> list[dict[str, Any]]:
    """List the steps, for the label of a line; numbers as the engine holds them."""
    steps = charge.steps
    found: list[dict[str, Any]] = [
        {"step": "less", "source": less.source, "percent": less.percent} for less in steps.less
    ]
    if steps.share is not None:
        found.append({"step": "share_percent", "percent": steps.share})
    if steps.conversion:
        factors = [_told_factor(f, segment, charge.code) for f in steps.conversion.factors]
        found.append({"step": "conversion", "from": steps.conversion.unit, "factors": factors})
    if steps.at_most is not None:
        cap = widths.bounds(charge, (steps.at_most, None), segment, "", around).told[0]
        per = {"per": around.per} if around.per else {}
        found.append({"step": "at_most", "quantity": cap, **per})
    if quantum := steps.quantum:
        found.append(
            {"step": "round_quantity", "to": quantum.to, "rounding": quantum.rounding.value}
        )
    return found


def _told_factor(factor: Factor, segment: Segment, code: str) -> dict[str, Any]:
    label: dict[str, Any] = {"name": factor.name, "value": _value(factor, segment, code)}
    label |= {"given": factor.given} if factor.given else {}
    return label | ({"by": "divide"} if factor.divides else {})


def _value(factor: Factor, segment: Segment, code: str) -> int:
    if not factor.given:
        return factor.value
    value = segment.given.get(factor.given)
    if value is None or value <= 0:
        raise UsageError(f"charge {code}: no {factor.given!r} is given for {factor.name!r}")
    return value


def _by_row(runs: Runs, rows: np.ndarray) -> Whole:
    return np.stack([runs.of_row(row) for row in rows.tolist()], axis=1)


def _times(units: Whole, factor: Fraction, rounding: Rounding = Rounding.HALF_UP) -> Whole:
    return priced(units, factor.numerator, factor.denominator, rounding).reshape(units.shape)


def _fit_to_sum(units: Whole) -> Whole:
    if greatest(units) * units.shape[1] >= SAFE:
        raise UsageError("a quantity does not fit 64 bits")
    return units


def _cap(charge: EnergyCharge, segment: Segment, around: Around) -> int | Whole:
    most = widths.bounds(charge, (charge.steps.at_most, None), segment, "", around).held[0]
    return most if isinstance(most, int) else most[:, np.newaxis]
