"""A price per unit of a measured quantity, an attribute, or a credit for what was fed in."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tests.tariffs.reference import measure, slabs, steps, widths
from tests.tariffs.reference.facts import Charge, total_of
from tests.tariffs.reference.journey import Journey
from tests.tariffs.reference.measure import rows_of
from tests.tariffs.reference.numbers import BASE_UNITS, price_of
from tests.tariffs.reference.slabs import LADDER, Part
from tests.tariffs.reference.widths import Bounds

Used = dict[int | None, int]


def add(journey: Journey, index: int, charge: Charge) -> None:
    """Add a line for each price row and slab that is used."""
    if _is_whole(charge) and not journey.is_last_of(index, charge["code"]):
        return
    if steps.has_steps(charge):
        _metered(journey, index, charge)
    chosen, table = charge, 0
    if charge.get("slab_rule") == "whole_table":
        table = _table(journey, index, charge)
        chosen = {**charge, **charge["tables"][table]}
    for part in _parts(journey, index, chosen):
        _line(journey, index, chosen, part, table)


def source_of(charge: Charge) -> str:
    """Return the key of its use; another commodity stands before the channel."""
    if "attribute" in charge:
        return f"@{charge['attribute']}"
    source = str(charge.get("source", "export" if charge["kind"] == "credit" else "import"))
    return f"{charge['commodity']}.{source}" if "commodity" in charge else source


def _is_whole(charge: Charge) -> bool:
    return "attribute" in charge and charge.get("proration", "days") == "whole"


def _line(journey: Journey, index: int, charge: Charge, part: Part, table: int) -> None:
    row = {} if part.row == LADDER else rows_of(charge)[part.row]
    ladder = charge.get("slabs") if part.row == LADDER else row.get("slabs")
    quantity = Fraction(part.units, BASE_UNITS[charge["unit"]])
    quantity *= _times(journey, index, charge, row)
    if not quantity:
        return
    price = price_of(ladder[part.slab] if ladder else row)
    journey.put(
        index,
        charge,
        quantity,
        -price if charge["kind"] == "credit" else price,
        row=part.row,
        slab=part.slab,
        table=table,
        season=row.get("season", ""),
        band=row.get("band", ""),
    )


def _times(journey: Journey, index: int, charge: Charge, row: measure.Row) -> Fraction:
    """Return the part of the cycle for which an attribute is due, as exact as a fixed charge."""
    if "attribute" not in charge:
        return Fraction(1)
    cycle = journey.cycle_days(index)
    days = cycle if _is_whole(charge) else journey.days(index)
    return Fraction(len(journey.of_season(index, days, row.get("season", ""))), len(cycle))


def _metered(journey: Journey, index: int, charge: Charge) -> None:
    unit = steps.metered_unit(charge)
    metered = {"metered": source_of(charge)}
    for tag, source in [*metered.items(), *(("less", s["source"]) for s in charge.get("less", []))]:
        units = total_of(journey.use(index, source))
        journey.tell(index, charge, Fraction(units, BASE_UNITS[unit]), unit=unit, tag=tag)


def _table(journey: Journey, index: int, charge: Charge) -> int:
    """Return the table that the total picks, as the rows of the first one count it."""
    used = _used(journey, index, {**charge, **charge["tables"][0]})
    priced = [units for row, units in used.items() if row is not None]
    total = priced[0] if "attribute" in charge else sum(priced)
    return slabs.reached(total, widths.bounds(journey, index, charge, charge["tables"], ""))


def _used(journey: Journey, index: int, charge: Charge) -> Used:
    """Return the units of each row that are priced, after the steps."""
    rows = rows_of(charge)
    used: Used = {}
    if "attribute" in charge:  # there all the time: each season prices all of it for its days
        value = total_of(journey.use(index, source_of(charge)))
        used = dict.fromkeys(range(len(rows)), value)
    else:
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
        return [[place] for place in range(len(rows))]
    seasons: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        seasons.setdefault(row.get("season", ""), []).append(place)
    return list(seasons.values())


def _bounds(journey: Journey, index: int, charge: Charge, row: measure.Row) -> Bounds:
    return widths.bounds(journey, index, charge, row.get("slabs", [{}]), row.get("season", ""))
