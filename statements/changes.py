"""Why a bill differs from the one before: days, use, prices and the rest, exact to the cent.

Pure: charges of both bills in, whole minor units out. Each charge is stepped from the old amount
to the new one: first its days, then its use, then its price. The steps of a charge join without
a gap, so that their sum is the difference, whatever was rounded on the way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from core.money import divide

ENERGY, FIXED, DEMAND, CREDIT = "energy", "fixed", "demand", "credit"
STEPPED = (ENERGY, FIXED, DEMAND, CREDIT)  # by days, use and price
ONCE = ("minimum", "rounding", "settled")  # follow from the rest, or come once


@dataclass(frozen=True)
class Charge:
    """One line of a bill; `price` is the exact price in minor units of one unit."""

    key: Hashable  # tells charges apart: the same in both bills
    kind: str
    unit: str
    quantity: Fraction
    price: Fraction
    amount_minor: int
    band: str = ""
    slab: int | None = None  # where a slab begins; None without slabs
    is_open: bool = True  # it has no upper bound


@dataclass(frozen=True)
class Side:
    """The charges of one bill, and for how many days each of them was billed."""

    charges: Sequence[Charge]
    days: Mapping[Hashable, int] = field(default_factory=dict)  # by the key of the charge


@dataclass(frozen=True)
class Change:
    """What makes the difference, in minor units; the parts add up to it."""

    days: int = 0  # a longer or a shorter time
    use: int = 0  # more or less of it on a day
    price: int = 0  # other rates
    other: int = 0  # charges that only one of the bills has
    follows: int = 0  # taxes, discounts and surcharges, which are shares of the rest

    @property
    def total(self) -> int:
        return self.days + self.use + self.price + self.other + self.follows

    def __add__(self, more: Change) -> Change:
        return Change(
            self.days + more.days,
            self.use + more.use,
            self.price + more.price,
            self.other + more.other,
            self.follows + more.follows,
        )


def change(before: Side, after: Side) -> Change:
    """Return why the sum of the charges changed from one bill to the next."""
    old, new = _by_key(before.charges), _by_key(after.charges)
    found = Change(
        follows=_shares(after.charges) - _shares(before.charges),
        other=_once(after.charges) - _once(before.charges),
    )
    for key in dict.fromkeys([*old, *new]):
        share = Fraction(after.days.get(key, 1), before.days.get(key, 1) or 1)
        found += _of_charge(old.get(key, []), new.get(key, []), share)
    return found


def _by_key(charges: Iterable[Charge]) -> dict[Hashable, list[Charge]]:
    found: dict[Hashable, list[Charge]] = defaultdict(list)
    for one in charges:
        if one.kind in STEPPED:
            found[one.key].append(one)
    return found


def _shares(charges: Iterable[Charge]) -> int:
    return sum(one.amount_minor for one in charges if one.kind not in (*STEPPED, *ONCE))


def _once(charges: Iterable[Charge]) -> int:
    return sum(one.amount_minor for one in charges if one.kind in ONCE)


def _of_charge(old: Sequence[Charge], new: Sequence[Charge], share: Fraction) -> Change:
    if not old or not new or len({(one.kind, one.unit) for one in (*old, *new)}) > 1:
        return Change(other=_sum(new) - _sum(old))
    parts = [_steps(a, b, share) for a, b in _pairs(old, new)]
    return sum(parts, Change())


def _pairs(
    old: Sequence[Charge], new: Sequence[Charge]
) -> list[tuple[Sequence[Charge], Sequence[Charge]]]:
    """Set bands and slabs against each other; a charge that was built anew is taken as a whole."""
    before, after = _parts(old), _parts(new)
    same_bands = {band for band, _ in before} == {band for band, _ in after}
    same_slabs = all(_is_open(before[k]) == _is_open(after[k]) for k in before if k in after)
    if not (same_bands and same_slabs):
        return [(old, new)]
    return [(before.get(key, []), after.get(key, [])) for key in dict.fromkeys([*before, *after])]


def _parts(charges: Sequence[Charge]) -> dict[tuple[str, int], list[Charge]]:
    """Return the lines by band and by the place of their slab among those of the band."""
    edges: dict[str, set[int]] = defaultdict(set)
    for one in charges:
        edges[one.band].add(one.slab or 0)
    places = {band: sorted(found) for band, found in edges.items()}
    parts: dict[tuple[str, int], list[Charge]] = defaultdict(list)
    for one in charges:
        parts[one.band, places[one.band].index(one.slab or 0)].append(one)
    return parts


def _is_open(part: Sequence[Charge]) -> bool:
    return any(one.is_open for one in part)


def _steps(old: Sequence[Charge], new: Sequence[Charge], share: Fraction) -> Change:
    """Go from the old amount to the new one by days, use and price, rounding at each stop."""
    before, after = _sum(old), _sum(new)
    q0, q1 = _quantity(old), _quantity(new)
    if not old or not new or not q0:
        return Change(use=after - before)
    cost0, cost1 = _cost(old), _cost(new)
    is_metered = old[0].kind != FIXED
    lasting = Fraction(1) if old[0].kind == DEMAND else share if is_metered else q1 / q0
    same_price = cost1 * q0 == cost0 * q1
    longer = before if lasting == 1 else _rounded(cost0 * lasting)
    if not is_metered:
        longer = after if same_price else longer
        return Change(days=longer - before, price=after - longer)
    same_use = q1 == q0 * lasting
    used = after if same_price else longer if same_use else _rounded(cost0 * q1 / q0)
    return Change(days=longer - before, use=used - longer, price=after - used)


def _sum(charges: Sequence[Charge]) -> int:
    return sum(one.amount_minor for one in charges)


def _quantity(charges: Sequence[Charge]) -> Fraction:
    return sum((one.quantity for one in charges), Fraction())


def _cost(charges: Sequence[Charge]) -> Fraction:
    return sum((one.quantity * one.price for one in charges), Fraction())


def _rounded(value: Fraction) -> int:
    return divide(value.numerator, value.denominator)
