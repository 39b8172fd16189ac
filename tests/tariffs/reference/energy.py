"""A price per unit of a measured quantity, an attribute, or a credit for what was fed in."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tests.tariffs.reference import measure, slabs, steps, widths
from tests.tariffs.reference.facts import Charge
from tests.tariffs.reference.journey import Journey
from tests.tariffs.reference.measure import rows_of
from tests.tariffs.reference.numbers import BASE_UNITS, number, price_of, whole
from tests.tariffs.reference.slabs import LADDER, Part
from tests.tariffs.reference.widths import Bounds

Used = dict[int | None, int]
TAX_FREE = {"kind": "info", "tax_class": "none", "exact": Fraction(0)}


def add(journey: Journey, index: int, charge: Charge) -> None:
    """Add a line for each price row and slab that is used."""
    if "attribute" in charge:
        _attribute(journey, index, charge)
        return
    if steps.has_steps(charge):
        _metered(journey, index, charge)
    chosen, table = charge, 0
    if charge.get("slab_rule") == "whole_table":
        table = _table(journey, index, charge)
        chosen = {**charge, **charge["tables"][table]}
    for part in _parts(journey, index, chosen):
        _line(journey, index, chosen, part, table=table)


def source_of(charge: Charge) -> str:
    """Return the key of its use; another commodity stands before the channel."""
    source = str(charge.get("source", "export" if charge["kind"] == "credit" else "import"))
    return f"{charge['commodity']}.{source}" if "commodity" in charge else source


def _line(journey: Journey, index: int, charge: Charge, part: Part, table: int = 0) -> None:
    if not part.units:
        return
    row = {} if part.row == LADDER else rows_of(charge)[part.row]
    ladder = charge.get("slabs") if part.row == LADDER else row.get("slabs")
    price = price_of(ladder[part.slab] if ladder else row)
    journey.put(
        index,
        charge,
        Fraction(part.units, BASE_UNITS[charge["unit"]]),
        -price if charge["kind"] == "credit" else price,
        row=part.row,
        slab=part.slab,
        table=table,
        season=row.get("season", ""),
        band=row.get("band", ""),
    )


def _metered(journey: Journey, index: int, charge: Charge) -> None:
    unit = steps.metered_unit(charge)
    units = measure.total_of(journey.use(index, source_of(charge)))
    quantity = Fraction(units, BASE_UNITS[unit])
    journey.put(index, charge, quantity, Fraction(0), unit=unit, tag="metered", **TAX_FREE)


def _table(journey: Journey, index: int, charge: Charge) -> int:
    """Return the table that the total picks."""
    first = charge["tables"][0]
    used = _used(journey, index, {**charge, **first})
    total = sum(units for row, units in used.items() if row is not None)
    return slabs.reached(total, widths.bounds(journey, index, charge, charge["tables"], ""))


def _used(journey: Journey, index: int, charge: Charge) -> Used:
    """Return the units of each row that are priced, after the steps."""
    rows = rows_of(charge)
    used: Used = {}
    for row, units in measure.runs(journey, index, rows, source_of(charge)):
        used[row] = used.get(row, 0) + units
    return steps.stepped(journey, index, charge, rows, used)


def _parts(journey: Journey, index: int, charge: Charge) -> list[Part]:
    rule = charge.get("slabs_with_time", "proportional")
    used = _used(journey, index, charge)
    if rule == "total_only":
        return _beside(journey, index, charge, used)
    found: list[Part] = []
    for group in _groups(rows_of(charge), rule):
        bounds = _bounds(journey, index, charge, rows_of(charge)[group[0]])
        found += _placed(journey, index, charge, group, used, bounds)
    return found


def _placed(
    journey: Journey, index: int, charge: Charge, group: list[int], used: Used, bounds: Bounds
) -> list[Part]:
    mine = {row: used.get(row, 0) for row in group}
    if charge.get("slab_rule") == "whole_quantity":
        return slabs.at_reached(mine, bounds)
    if len(group) == 1:
        return slabs.marginal(group[0], mine[group[0]], bounds)
    if charge.get("slabs_with_time") == "chronological":
        runs = measure.runs(journey, index, rows_of(charge), source_of(charge))
        return slabs.in_time_order([(r, u) for r, u in runs if r in group], bounds)
    return slabs.by_share(mine, bounds)


def _beside(journey: Journey, index: int, charge: Charge, used: Used) -> list[Part]:
    """Price the total by the ladder and each row by its own price; a unit pays both."""
    bounds = widths.bounds(journey, index, charge, charge["slabs"], "")
    total = sum(used.values())
    if charge.get("slab_rule") == "whole_quantity":
        found = slabs.at_reached({LADDER: total}, bounds)
    else:
        found = slabs.marginal(LADDER, total, bounds)
    return found + [Part(row, 0, units) for row, units in used.items() if row is not None]


def _groups(rows: Sequence[measure.Row], rule: str) -> list[list[int]]:
    """Return the rows that climb a ladder together: those of one season."""
    if rule == "per_period":
        return [[number] for number in range(len(rows))]
    seasons: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        seasons.setdefault(row.get("season", ""), []).append(place)
    return list(seasons.values())


def _bounds(journey: Journey, index: int, charge: Charge, row: measure.Row) -> Bounds:
    return widths.bounds(journey, index, charge, row.get("slabs", [{}]), row.get("season", ""))


def _attribute(journey: Journey, index: int, charge: Charge) -> None:
    """Price an unmetered quantity for the days of each season, as exactly as a fixed charge."""
    whole_cycle = charge.get("proration", "days") == "whole"
    if whole_cycle and not journey.is_last_of(index, charge["code"]):
        return
    use = journey.use(index, f"@{charge['attribute']}")
    value, cycle = measure.total_of(use), len(journey.cycle_days(index))
    if "round_quantity" in charge:
        value = steps.rounded(value, charge)
    for place, row in enumerate(rows_of(charge)):
        days = len(journey.days(index, row.get("season", "")))
        share = Fraction(1) if whole_cycle else Fraction(days, cycle)
        bounds = [whole(number(s["up_to"]) * 1000) if "up_to" in s else None for s in _ladder(row)]
        parts = slabs.marginal(place, value, bounds)
        for part in parts:
            _share(journey, index, charge, row, part, share)


def _ladder(row: measure.Row) -> list[Any]:
    return list(row.get("slabs", [row]))


def _share(
    journey: Journey, index: int, charge: Charge, row: measure.Row, part: Part, share: Fraction
) -> None:
    quantity = Fraction(part.units, 1000) * share
    if quantity:
        price = price_of(_ladder(row)[part.slab])
        names = {"season": row.get("season", ""), "band": ""}
        sign = -1 if charge["kind"] == "credit" else 1
        journey.put(index, charge, quantity, sign * price, row=part.row, slab=part.slab, **names)
