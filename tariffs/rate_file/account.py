"""Reads what is known of an account: conditions, attributes, given numbers and what came before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from core.money import minor_digits
from tariffs import engine
from tariffs.engine import TariffError
from tariffs.engine.measures import DEMAND_UNITS, UNITS
from tariffs.engine.reading.fields import Fields, as_day
from tariffs.engine.shape import PRICE_DIGITS
from tariffs.rate_file.cycle import Cycle
from tariffs.rate_file.errors import named

Read = TypeVar("Read")
Entries = dict[str, tuple[tuple[date, np.ndarray], ...]]


@dataclass(frozen=True)
class Dated:
    """A condition, or a number, that holds from one day up to, and without, another."""

    name: str
    first: date | None
    end: date | None
    value: int = 0  # 10^-8

    def holds_on(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.end is None or day < self.end)


@dataclass(frozen=True)
class Attribute:
    """How much the service location has of something, in base units of its unit."""

    value: int
    unit: str


@dataclass(frozen=True)
class Account:
    """The account file; without one, nothing is known."""

    file: Path | None = None
    zone: ZoneInfo | None = None
    cycle: Cycle | None = None
    first: date | None = None
    end: date | None = None
    conditions: tuple[Dated, ...] = ()
    given: tuple[Dated, ...] = ()
    attributes: dict[str, Attribute] = field(default_factory=dict)
    unserved: frozenset[date] = frozenset()
    past: engine.Past = field(default_factory=engine.Past)

    def conditions_on(self, day: date) -> frozenset[str]:
        return frozenset(dated.name for dated in self.conditions if dated.holds_on(day))

    def given_on(self, day: date) -> dict[str, int]:
        return {dated.name: dated.value for dated in self.given if dated.holds_on(day)}

    @property
    def named_file(self) -> Path:
        """The file to name where something is not known."""
        return self.file or Path("--account")

    @property
    def changes(self) -> list[date]:
        """The days on which a condition or a number begins or ends."""
        dated = (*self.conditions, *self.given)
        return [day for one in dated for day in (one.first, one.end) if day]


def load(path: Path, currency: str) -> Account:
    """Read an account file; its amounts are in the currency.

    :raises WrongFile: naming the field
    """
    with named(path):
        top = Fields(engine.load(path.read_text(encoding="utf-8-sig")), "")
        account = _account(top, path, minor_digits(currency))
        top.end()
        return account


def _account(top: Fields, path: Path, digits: int) -> Account:
    first, end = top.day_or_none("from"), top.day_or_none("to")
    _check_days(first, end, top)
    return Account(
        file=path,
        zone=_zone(top),
        cycle=top.choice("cycle", Cycle) if top.has("cycle") else None,
        first=first,
        end=end,
        conditions=_dated(top, "conditions", _condition),
        given=_dated(top, "given", _number),
        attributes=_attributes(top),
        unserved=frozenset(as_day(day, at) for day, at in top.optional_rows("unserved")),
        past=engine.Past(
            peaks=_entries(top, "peaks", "charge", _peak),
            uses=_entries(top, "uses", "source", _use),
            bases=_entries(top, "bases", "charge", lambda row: _amount(row, digits)),
            lots=_lots(top, digits),
        ),
    )


def _zone(top: Fields) -> ZoneInfo | None:
    if not top.has("zone"):
        return None
    name = top.text("zone")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise TariffError("zone", f"{name!r} is not a time zone, e.g. America/New_York") from None


def _dated(top: Fields, name: str, read: Callable[[object, str], Dated]) -> tuple[Dated, ...]:
    """Read dated rows; two of one name may not hold on one day."""
    found: list[Dated] = []
    for item, path in top.optional_rows(name):
        dated = read(item, path)
        if any(_meet(dated, other) for other in found):
            raise TariffError(path, f"{dated.name!r} has two rows for one day")
        found.append(dated)
    return tuple(found)


def _condition(item: object, path: str) -> Dated:
    row = Fields({"name": item} if isinstance(item, str) else item, path)
    return _ended(row, row.text("name"), 0)


def _number(item: object, path: str) -> Dated:
    row = Fields(item, path)
    value = row.scaled("value", PRICE_DIGITS)
    if value <= 0:
        raise TariffError(row.at("value"), "must be above 0")
    return _ended(row, row.text("name"), value)


def _ended(row: Fields, name: str, value: int) -> Dated:
    dated = Dated(name, row.day_or_none("from"), row.day_or_none("to"), value)
    row.end()
    _check_days(dated.first, dated.end, row)
    return dated


def _check_days(first: date | None, end: date | None, row: Fields) -> None:
    if first and end and end <= first:
        raise TariffError(row.at("to"), f"{end} must be after {first}; it is the first day without")


def _meet(one: Dated, other: Dated) -> bool:
    starts = max(one.first or date.min, other.first or date.min)
    return one.name == other.name and starts < min(one.end or date.max, other.end or date.max)


def _attributes(top: Fields) -> dict[str, Attribute]:
    fields = Fields(top.take("attributes", {}), "attributes")
    found = {}
    for name in fields.names():
        row = Fields(fields.need(name), fields.at(name))
        found[name] = Attribute(*_measured(row))
        row.end()
    return found


def _measured(row: Fields, units: Iterable[str] = UNITS) -> tuple[int, str]:
    unit = row.text("unit")
    if unit not in units:
        raise TariffError(row.at("unit"), f"{unit!r} must be one of {', '.join(units)}")
    scaled = row.scaled("value", PRICE_DIGITS) * UNITS[unit].scale
    value, rest = divmod(scaled, 10**PRICE_DIGITS)
    if rest or value < 0:
        raise TariffError(row.at("value"), f"must be a number of whole {UNITS[unit].base}")
    return value, unit


def _use(row: Fields) -> int:
    return _measured(row)[0]


def _peak(row: Fields) -> int:
    return _measured(row, DEMAND_UNITS)[0]


def _amount(row: Fields, digits: int) -> int:
    return row.scaled("amount", digits)


def _entries(top: Fields, name: str, by: str, read: Callable[[Fields], int]) -> Entries:
    """Read what earlier periods had, by charge or source, oldest first."""
    found: dict[str, list[tuple[date, np.ndarray]]] = {}
    for item, path in top.optional_rows(name):
        row = Fields(item, path)
        own, day = found.setdefault(row.text(by), []), row.day("from")
        if any(other == day for other, _ in own):
            raise TariffError(row.at("from"), f"{day} is given twice")
        own.append((day, np.array([read(row)])))
        row.end()
    return {key: _oldest_first(own) for key, own in found.items()}


def _lots(top: Fields, digits: int) -> dict[str, tuple[engine.Lot, ...]]:
    found: dict[str, list[engine.Lot]] = {}
    for item, path in top.optional_rows("lots"):
        row = Fields(item, path)
        amount = _amount(row, digits)
        if amount < 0:
            raise TariffError(row.at("amount"), "must not be negative")
        lot = engine.Lot(row.day("day"), np.array([amount]))
        found.setdefault(row.text("charge"), []).append(lot)
        row.end()
    return {
        charge: tuple(sorted(own, key=lambda lot: lot.earned_on)) for charge, own in found.items()
    }


def _oldest_first(own: Iterable[tuple[date, np.ndarray]]) -> tuple[tuple[date, np.ndarray], ...]:
    return tuple(sorted(own, key=lambda entry: entry[0]))
