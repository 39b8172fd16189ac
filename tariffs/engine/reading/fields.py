"""Reads the fields of a JSON object strictly: wrong types and unknown names are refused by path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from core.money import NotExact, to_scaled
from tariffs.engine.errors import TariffError

Choice = TypeVar("Choice", bound=StrEnum)
CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
MAX_LENGTH = 24  # of a written number; Decimal computes it without loss
MAX_EXPONENT = 9


class Fields:
    """One JSON object of a definition; every value is taken once, what is left is unknown."""

    def __init__(self, source: object, path: str) -> None:
        if not isinstance(source, Mapping):
            raise TariffError(path, "must be an object { }")
        self._left = dict(source)
        self.path = path

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def has(self, name: str) -> bool:
        return name in self._left

    def names(self) -> list[str]:
        return [str(name) for name in self._left]

    def peek(self, name: str) -> Any:
        return self._left.get(name)

    def take(self, name: str, default: Any = None) -> Any:
        return self._left.pop(name, default)

    def supply(self, name: str, value: Any) -> None:
        """Give a field that was left out another default before it is taken."""
        self._left.setdefault(name, value)

    def need(self, name: str) -> Any:
        if name not in self._left:
            raise TariffError(self.at(name), "is missing")
        return self._left.pop(name)

    def text(self, name: str, default: str | None = None) -> str:
        value = self.need(name) if default is None else self.take(name, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise TariffError(self.at(name), "must be a text")
        return _storable(value, self.at(name))

    def code(self, name: str, default: str | None = None) -> str:
        value = self.text(name, default)
        if value and not CODE.fullmatch(value):
            raise TariffError(
                self.at(name), f"{value!r} must be small letters, digits, - and _, 40 at most"
            )
        return value

    def choice(self, name: str, kind: type[Choice], default: Choice | None = None) -> Choice:
        value = self.need(name) if default is None else self.take(name, default.value)
        try:
            return kind(value)
        except ValueError:
            raise TariffError(
                self.at(name), f"{value!r} must be one of {', '.join(kind)}"
            ) from None

    def day(self, name: str) -> date:
        return as_day(self.need(name), self.at(name))

    def day_or_none(self, name: str) -> date | None:
        value = self.take(name)
        return None if value is None else as_day(value, self.at(name))

    def decimal(self, name: str) -> Decimal:
        return as_decimal(self.need(name), self.at(name))

    def scaled(self, name: str, digits: int) -> int:
        """Take a number of at most `digits` decimals as a whole number of 10^-`digits`."""
        return as_scaled(self.need(name), self.at(name), digits)

    def rows(self, name: str) -> Iterator[tuple[Any, str]]:
        """Yield the items of a list with the path of each."""
        yield from as_rows(self.need(name), self.at(name))

    def optional_rows(self, name: str) -> Iterator[tuple[Any, str]]:
        yield from as_rows(self.take(name, []), self.at(name))

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(as_text(value, path) for value, path in self.optional_rows(name))

    def refuse(self, names: Mapping[str, str]) -> None:
        """Refuse fields that the format knows and the engine does not compute.

        :raises TariffError: naming the first one present
        """
        for name, why in names.items():
            if name in self._left:
                raise TariffError(self.at(name), why)

    def end(self) -> None:
        """Refuse what nobody took: a misspelt field must not be lost silently."""
        for name in self._left:
            raise TariffError(self.at(str(name)), "is not a field that is known here")


def as_rows(value: object, path: str) -> Iterator[tuple[Any, str]]:
    if not isinstance(value, list):
        raise TariffError(path, "must be a list [ ]")
    for i, item in enumerate(value):
        yield item, f"{path}[{i}]"


def as_text(value: object, path: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TariffError(path, "must be a text")
    return _storable(value, path)


def _storable(value: str, path: str) -> str:
    """Refuse what no database keeps: the NUL, and halves of a pair of UTF-16."""
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise TariffError(path, f"{value!r} has a letter that is none")
    return value


def as_day(value: object, path: str) -> date:
    try:
        if isinstance(value, str) and DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise TariffError(path, f"{value!r} must be a day written as 2026-01-31")


def as_decimal(value: object, path: str) -> Decimal:
    if isinstance(value, float):
        raise TariffError(path, f"write {value} in quotes, so that no digit is lost")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TariffError(path, f'{value!r} must be a number in quotes, e.g. "0.12"')
    if isinstance(value, str) and not NUMBER.fullmatch(value):
        raise TariffError(path, f'{value!r} must be a number in quotes, e.g. "0.12"')
    number = Decimal(value)
    if number.adjusted() > MAX_EXPONENT or len(f"{number:f}") > MAX_LENGTH:
        raise TariffError(path, f"{value!r} is no number, or too great")
    return number


def as_scaled(value: object, path: str, digits: int) -> int:
    number = as_decimal(value, path)
    try:
        return to_scaled(number, digits)
    except NotExact:
        raise TariffError(path, f"{value} has more than {digits} decimals") from None
