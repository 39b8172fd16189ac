"""One change for many tariffs: their prices, whom they serve, their last day, their description.

Pure: a definition goes in, the changed one comes out, exact to the last digit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from tariffs.authoring.numbers import MOST_DECIMALS, decimals, exact, plain_number

PRICES = ("price", "regular")  # of which there is one wherever something has a price
ROWS = ("prices", "slabs", "tables")  # in which further prices stand
KINDS = ("energy", "fixed", "demand", "minimum", "credit")
DIGITS = 60  # more than the product of two numbers of a tariff has

Json = dict[str, Any]


class NotChangeable(Exception):
    """The change does not fit this tariff.

    :ivar code: `no_price`, `negative`, `too_fine`, `not_after` or `nothing`
    :ivar told: `charge`, `old` and `new` where it is about a price; `day` where it is about one
    """

    def __init__(self, code: str, **told: str) -> None:
        super().__init__(code)
        self.code, self.told = code, told


@dataclass(frozen=True)
class PriceChange:
    """By how much prices rise; what is below zero lowers them. One of the first two is given.

    :param kinds: of the charges whose prices change
    :param decimals: to which they are rounded, half up; None: not at all
    """

    percent: Decimal | None = None
    amount: Decimal | None = None
    kinds: frozenset[str] = frozenset({"energy"})
    decimals: int | None = None

    def of(self, old: Decimal) -> Decimal:
        with localcontext() as exactly:
            exactly.prec = DIGITS
            new = old + self.amount if self.amount is not None else self._by_percent(old)
            if self.decimals is not None:
                step = Decimal(1).scaleb(-self.decimals)
                new = new.quantize(step, rounding=ROUND_HALF_UP)
            return plain_number(new)

    def _by_percent(self, old: Decimal) -> Decimal:
        return old * (100 + (self.percent or Decimal(0))) / 100


@dataclass(frozen=True)
class Change:
    """What becomes of each tariff; what is None stays as it is. An empty list is everybody."""

    first_day: date | None = None
    prices: PriceChange | None = None
    categories: tuple[str, ...] | None = None
    areas: tuple[str, ...] | None = None
    last_day: date | None = None  # included
    is_open: bool = False  # it has no last day any more
    description: str | None = None


def changed(definition: Mapping[str, Any], change: Change) -> Json:
    """Return the definition with the change made.

    Worked examples go where a price changes: they are of the old prices.

    :raises NotChangeable: if a price would be negative or too fine, if it has none of the kinds
        asked for, would end before it begins, or if nothing but its first day would change
    """
    new: Json = deepcopy(dict(definition))
    if change.prices is not None:
        _change_prices(new, change.prices)
    _change_words(new, change)
    if _same(new, definition):
        raise NotChangeable("nothing")
    if change.first_day is not None:
        new["from"] = change.first_day.isoformat()
    _refuse_backwards(new)
    return new


def _change_prices(new: Json, by: PriceChange) -> None:
    """Change each price of the charges asked for, wherever it stands."""
    count = 0

    def change(row: Json, name: str, charge: str) -> None:
        nonlocal count
        count += 1
        row[name] = _changed_price(row[name], by, charge)

    for charge in new.get("charges", []):
        if charge.get("kind") in by.kinds:
            _each_price(charge, str(charge.get("name") or charge.get("code")), change)
    if not count:
        raise NotChangeable("no_price")
    new.pop("examples", None)


def _each_price(row: Json, charge: str, do: Callable[[Json, str, str], None]) -> None:
    for name in PRICES:
        if row.get(name) is not None:
            do(row, name, charge)
    for name in ROWS:
        for part in row.get(name) or []:
            _each_price(part, charge, do)


def _changed_price(said: Any, by: PriceChange, charge: str) -> Any:
    old = exact(said)
    if old is None:
        raise NotChangeable("no_price")
    new = by.of(old)
    told = {"charge": charge, "old": str(said), "new": f"{new:f}"}
    if new < 0:
        raise NotChangeable("negative", **told)
    if decimals(new) > max(MOST_DECIMALS, decimals(plain_number(old))):
        raise NotChangeable("too_fine", **told)
    return said if new == old else f"{new:f}"


def _change_words(new: Json, change: Change) -> None:
    if change.description is not None:
        new["description"] = change.description
    for name, codes in (("categories", change.categories), ("areas", change.areas)):
        if codes is not None:
            new["eligibility"] = {**new.get("eligibility", {}), name: list(codes)}
    if change.last_day is not None:
        new["to"] = (change.last_day + timedelta(days=1)).isoformat()
    elif change.is_open:
        new["to"] = None


def _same(new: Json, old: Mapping[str, Any]) -> bool:
    return _told(new) == _told(old)


def _told(definition: Mapping[str, Any]) -> Json:
    """Return what it says, without what says nothing; without the examples, which may go."""
    whom = definition.get("eligibility") or {}
    said = {name: value for name, value in definition.items() if name != "examples" and value}
    said["eligibility"] = {name: sorted(codes) for name, codes in whom.items() if codes}
    return said


def _refuse_backwards(new: Json) -> None:
    if new.get("to") and new["to"] <= new["from"]:
        last_day = date.fromisoformat(new["to"]) - timedelta(days=1)
        raise NotChangeable("not_after", day=last_day.isoformat())
