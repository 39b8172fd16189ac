"""Which taxes a bill has, each once over its segments, and in which order."""

from __future__ import annotations

from typing import Any

from tests.tariffs.reference.journey import Journey

Stated = tuple[Any, list[int]]  # a tax, and the segments that state it


def in_order(journey: Journey) -> list[Stated]:
    """Return each tax once, after those that it taxes; of amounts per bill only the last."""
    stated = _after_what_they_tax(_stated(journey))
    return [one for one in stated if one[0]["kind"] != "flat" or _is_last(journey, one, stated)]


def _stated(journey: Journey) -> list[Stated]:
    found: list[Stated] = []
    for index, segment in enumerate(journey.segments):
        for tax in segment.tariff.get("taxes", []):
            places = next((places for known, places in found if known == tax), None)
            if places is None:
                found.append((tax, [index]))
            else:
                places.append(index)
    return found


def _after_what_they_tax(left: list[Stated]) -> list[Stated]:
    """Let a tax that two versions have wait for the taxes of the second."""
    placed: list[Stated] = []
    while left:
        free = next((one for one in left if not _waits(one, left)), left[0])
        placed.append(free)
        left = [one for one in left if one is not free]
    return placed


def _waits(one: Stated, left: list[Stated]) -> bool:
    on = one[0].get("on_taxes", [])
    return any(tax["code"] in on and set(places) & set(one[1]) for tax, places in left)


def _is_last(journey: Journey, one: Stated, stated: list[Stated]) -> bool:
    """Say whether no other amount of this code holds later in the same agreement."""
    alike = [o for o in stated if o[0]["kind"] == "flat" and o[0]["code"] == one[0]["code"]]
    return any(_last_of(journey, index, alike) is one for index in one[1])


def _last_of(journey: Journey, index: int, alike: list[Stated]) -> Stated:
    held = [(i, o) for i in journey.siblings(index) for o in alike if i in o[1]]
    last = held[-1][0]
    return next(o for i, o in held if i == last)
