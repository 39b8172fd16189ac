"""What must hold for a charge or a tax to apply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.tariffs.reference.facts import NotPriceable, total_of
from tests.tariffs.reference.journey import Journey
from tests.tariffs.reference.numbers import BASE_UNITS, number


def hold(journey: Journey, index: int, terms: Sequence[Any]) -> bool:
    return all([_holds(journey, index, term) for term in terms])  # all: each may be refused


def _holds(journey: Journey, index: int, term: Any) -> bool:
    known = journey.segments[index].conditions
    if isinstance(term, str):
        return term in known
    if "not" in term:
        return term["not"] not in known
    if "any" in term:
        return bool(set(term["any"]) & known)
    return _lies_between(journey, index, term)


def _lies_between(journey: Journey, index: int, term: Any) -> bool:
    scale = BASE_UNITS[term["unit"]]
    use = _use(journey, index, term["use_of"], int(term.get("last_periods", 0)))
    if "above" in term and use <= number(term["above"]) * scale:
        return False
    return "up_to" not in term or use <= number(term["up_to"]) * scale


def _use(journey: Journey, index: int, source: str, periods: int) -> int:
    """Return the use of the last whole periods, or of this one."""
    if not periods:
        return sum(total_of(journey.use(i, source)) for i in journey.siblings(index))
    segment = journey.segments[index]
    past = journey.past.get(segment.key)
    first = segment.cycle[0].astimezone(segment.zone).date()
    known = [use for day, use in (past.uses.get(source, []) if past else []) if day < first]
    if len(known) < periods:
        raise NotPriceable(f"the use of {periods} periods of {source} is not known")
    return sum(known[-periods:])
