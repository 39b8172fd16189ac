"""Forms with lists of rows, which plain buttons lengthen and shorten."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField, CharField, Field, Form, HiddenInput

from core.wizard.draft import Typed

MOST = 60  # rows of a list
LONGEST = 4  # digits of a place or a count


@dataclass(frozen=True)
class Rows:
    """A list in a form: what each row asks, by name, and how many rows an empty form shows."""

    name: str
    fields: Callable[[], Mapping[str, Field]]
    first: int = 1


@dataclass(frozen=True)
class Row:
    """A row as a page shows it, with what the buttons beside it send as `act`."""

    number: int  # from 1
    fields: Mapping[str, BoundField]
    add: str
    remove: str


class RowsForm(Form):
    """A form whose lists have as many rows as were sent, or kept.

    A field of a row is called `slabs-0-price`; `slabs-count` tells how many rows there are.
    """

    lists: Sequence[Rows] = ()

    def __init__(self, data: Any = None, *, initial: Any = None, **options: Any) -> None:
        super().__init__(data, initial=initial, **options)
        self.source: Mapping[str, Any] = (initial or {}) if data is None else data
        for each in self.lists:
            self._add(each)

    def rows(self, name: str) -> list[Row]:
        """Return the rows of a list in order."""
        asked = next(each for each in self.lists if each.name == name)
        names = list(asked.fields())
        return [
            Row(
                i + 1,
                {field: self[f"{name}-{i}-{field}"] for field in names},
                f"add {name} {i + 1}",
                f"remove {name} {i}",
            )
            for i in range(self.counts[name])
        ]

    @property
    def shown(self) -> dict[str, list[Row]]:
        """All lists, by name, for templates."""
        return {each.name: self.rows(each.name) for each in self.lists}

    @property
    def counts(self) -> dict[str, int]:
        return {each.name: self._count(each) for each in self.lists}

    def edited(self, act: str, typed: Typed) -> Typed:
        """Return what is typed after a button: `add slabs 2` puts a row at that place."""
        verb, _space, rest = act.partition(" ")
        name, _space, place = rest.partition(" ")
        asked = next((each for each in self.lists if each.name == name), None)
        at = _number(place)
        if asked is None or at is None:
            return typed
        rows = kept(typed, asked)
        if verb == "add" and len(rows) < MOST:
            rows.insert(at, {field: "" for field in asked.fields()})
        elif verb == "remove" and at < len(rows):
            rows.pop(at)
        others = {key: value for key, value in typed.items() if not key.startswith(f"{name}-")}
        return {**others, **laid_out(name, rows)}

    def _add(self, each: Rows) -> None:
        self.fields[f"{each.name}-count"] = CharField(
            widget=HiddenInput, required=False, initial=str(self._count(each))
        )
        for i in range(self._count(each)):
            for name, field in each.fields().items():
                self.fields[f"{each.name}-{i}-{name}"] = field

    def _count(self, each: Rows) -> int:
        said = _number(str(self.source.get(f"{each.name}-count", "")))
        return each.first if said is None else min(said, MOST)


def laid_out(name: str, rows: Sequence[Typed]) -> dict[str, str | list[str]]:
    """Return rows as the fields of a form."""
    fields = {
        f"{name}-{i}-{key}": value for i, row in enumerate(rows) for key, value in row.items()
    }
    return {f"{name}-count": str(len(rows)), **fields}


def taken(typed: Typed, name: str) -> list[dict[str, str]]:
    """Return the rows of a list from the fields of a form, each with what it has; texts only."""
    found: list[dict[str, str]] = [{} for _i in range(_count_of(typed, name))]
    for key, value in typed.items():
        place, _dash, field = key.removeprefix(f"{name}-").partition("-")
        at = _number(place) if key.startswith(f"{name}-") else None
        if at is not None and at < len(found):
            found[at][field] = value if isinstance(value, str) else " ".join(value)
    return found


def kept(typed: Typed, asked: Rows) -> list[dict[str, str | list[str]]]:
    """Return the rows of a list as they were typed, each with every field."""
    return [
        {field: typed.get(f"{asked.name}-{i}-{field}", "") for field in asked.fields()}
        for i in range(_count_of(typed, asked.name))
    ]


def _count_of(typed: Typed, name: str) -> int:
    return min(_number(str(typed.get(f"{name}-count", ""))) or 0, MOST)


def _number(said: str) -> int | None:
    """Return a place or a count; what is too long is none of ours."""
    return int(said) if said.isdecimal() and len(said) <= LONGEST else None
