"""The order in which charges are computed: what one is taken of comes before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.tariffs.reference.facts import Charge, Definition, Segment


def in_turn(segments: Sequence[Segment]) -> list[int]:
    """Return the segments as given, but those that look beside them last, tariff by tariff."""
    looking = [i for i, each in enumerate(segments) if _looks_beside(each.tariff)]
    codes = list(dict.fromkeys(segments[i].tariff["code"] for i in looking))
    looking.sort(key=lambda i: codes.index(segments[i].tariff["code"]))
    return [i for i in range(len(segments)) if i not in looking] + looking


def _looks_beside(tariff: Definition) -> bool:
    names = [name for charge in tariff["charges"] for name in charge.get("of", [])]
    return any(name.startswith("@") for name in names)


def by_base(tariff: Definition) -> Iterator[Charge]:
    """Yield each charge after those that it names."""
    left = list(tariff["charges"])
    while left:
        waiting = {charge["code"] for charge in left}
        ready = [c for c in left if not waiting & named(c, tariff)]
        yield from ready
        left = [charge for charge in left if charge not in ready]


def named(charge: Charge, tariff: Definition) -> set[str]:
    """Return the charges that one names, behind named bases too."""
    names = [*charge.get("of", []), *charge.get("applies_to", [])]
    names += [charge["slab_times"]["demand"]] if "demand" in charge.get("slab_times", {}) else []
    return {code for name in names for code in _behind(name, tariff)}


def _behind(name: str, tariff: Definition) -> set[str]:
    bases = tariff.get("bases", {})
    if name not in bases:
        return {name}
    return {code for inner in bases[name] for code in _behind(inner, tariff)}
