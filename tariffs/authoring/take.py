"""Takes values out of a definition that may have any shape; another shape is not expressible."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tariffs.engine import TariffError
from tariffs.engine.reading.fields import as_day

Json = Mapping[str, Any]


class NotExpressible(Exception):
    """The wizard has no question for a part of a definition; it is edited as a file.

    :ivar path: of the first such part, e.g. `charges.energy.slabs_with_time`
    """

    def __init__(self, path: str) -> None:
        super().__init__(f"{path or 'the tariff'}: the wizard cannot say it")
        self.path = path


def text(row: Json, name: str, default: str = "") -> str:
    """Take a text, or a number that was written without quotes."""
    value = row.get(name, default)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is None:
        return default
    if not isinstance(value, str):
        raise NotExpressible(name)
    return value


def texts(row: Json, name: str) -> tuple[str, ...]:
    """Take a list of texts."""
    values = rows(row, name)
    if not all(isinstance(value, str) for value in values):
        raise NotExpressible(name)
    return tuple(values)


def day(row: Json, name: str) -> date | None:
    """Take a day, or none."""
    if row.get(name) is None:
        return None
    try:
        return as_day(row[name], name)
    except TariffError:
        raise NotExpressible(name) from None


def rows(row: Json, name: str) -> list[Any]:
    """Take a list; left out, it is empty."""
    values = row.get(name, [])
    if not isinstance(values, list):
        raise NotExpressible(name)
    return values


def fields(value: object, path: str) -> Json:
    """Take an object."""
    if not isinstance(value, Mapping):
        raise NotExpressible(path)
    return value
