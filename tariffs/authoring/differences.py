"""What differs between two definitions of a tariff, or of a plan, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from tariffs.authoring.numbers import exact
from tariffs.authoring.plain import plain

Path = tuple[str, ...]
ORDER = (
    "code", "name", "commodity", "rate_type", "description", "benefits", "frequency", "currency",
    "from", "to", "zone", "clock", "on_change", "rounding", "total", "tax", "eligibility",
    "services", "seasons", "bands", "holidays", "bases", "charges", "taxes", "examples",
)  # fmt: skip
SILENT = ("format", "change_summary")  # of the file and of the change, not of the terms
EACH = ("benefits",)  # its parts are told one by one, also where there was none before
KEYS = ("code", "tariff")  # by which rows of a list are the same row
PERIOD = ("season", "band")
ROW_ORDER = ("code", "name", "kind", "commodity", "unit", "up_to", "price", "regular",
             "discount_percent", "percent", "of", "days", "from", "to")  # fmt: skip


class Kind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Difference:
    """One field, charge or slab that is not the same.

    A path is `("name",)`, `("charges", "energy", "price")` or
    `("charges", "energy", "slabs", "2", "up_to")`, slabs counted from 1; where their number is
    not the same, they go by their bound, `up_to_500`, and the open one is `over`. A price by
    season or band has their names. The end of validity is `("last_day",)`, the last day included.
    """

    path: Path
    kind: Kind
    was: Any = None  # as the plain definition has it; None: there was none
    now: Any = None
    charge: str = ""  # name of the charge or tax it belongs to

    @property
    def old(self) -> str:
        """Return what it was as the text of a definition; empty: there was none."""
        return text(self.was)

    @property
    def new(self) -> str:
        return text(self.now)


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Return only what differs, in the order of the form; defaults are no difference."""
    before, after = plain(old), plain(new)
    names = {*before, *after} - set(SILENT)
    found: list[Difference] = []
    for name in _sorted(names, ORDER):
        none: dict[str, Any] | None = {} if name in EACH else None
        found.extend(_compared((name,), before.get(name, none), after.get(name, none)))
    return found


def _sorted(names: Iterable[str], order: Sequence[str]) -> list[str]:
    places = {name: i for i, name in enumerate(order)}
    return sorted(names, key=lambda name: (places.get(name, len(places)), name))


def _compared(path: Path, old: Any, new: Any, charge: str = "") -> Iterator[Difference]:
    if old == new or _is_same_number(old, new):
        return
    if path == ("to",):
        path, old, new = ("last_day",), _last_day(old), _last_day(new)
    if old is None:
        yield Difference(path, Kind.ADDED, None, new, charge)
    elif new is None:
        yield Difference(path, Kind.REMOVED, old, None, charge)
    elif isinstance(old, dict) and isinstance(new, dict):
        for name in _sorted({*new, *old}, ROW_ORDER):
            yield from _compared((*path, name), old.get(name), new.get(name), charge)
    elif _has_rows(old) and _has_rows(new):
        yield from _rows(path, old, new, charge)
    else:
        yield Difference(path, Kind.CHANGED, old, new, charge)


def _rows(path: Path, old: list[Any], new: list[Any], charge: str) -> Iterator[Difference]:
    before, after = _keyed(old), _keyed(new)
    if path[-1] == "slabs" and len(old) != len(new):
        before, after = _by_bound(old), _by_bound(new)
    for key in dict.fromkeys((*after, *before)):
        was, now = before.get(key), after.get(key)
        name = _name(now or was) if path[0] in ("charges", "taxes") and len(path) == 1 else charge
        yield from _compared((*path, key), was, now, name)
    kept = [key for key in before if key in after]
    if kept != [key for key in after if key in before]:
        yield Difference((*path, "order"), Kind.CHANGED, [*before], [*after], charge)


def _keyed(rows: Sequence[Any]) -> dict[str, Any]:
    """Return rows by their code, by season and band, or by their place."""
    keys = [_key(row) for row in rows]
    if not all(keys) or len(set(keys)) < len(keys):
        keys = [str(i + 1) for i in range(len(rows))]
    return dict(zip(keys, rows, strict=True))


def _by_bound(rows: Sequence[Any]) -> dict[str, Any]:
    """Return slabs by their bound; in a draft one may stand twice, which the later one hides."""
    return {f"up_to_{row['up_to']}" if "up_to" in row else "over": row for row in rows}


def _key(row: dict[str, Any]) -> str:
    for name in KEYS:
        if isinstance(row.get(name), str):
            return str(row[name])
    return ", ".join(str(row[name]) for name in PERIOD if name in row)


def _name(row: Any) -> str:
    return str(row.get("name") or row.get("code") or "") if isinstance(row, dict) else ""


def _has_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _is_same_number(old: Any, new: Any) -> bool:
    if not isinstance(old, str) or not isinstance(new, str):
        return False
    number = exact(old)
    return number is not None and number == exact(new)


def _last_day(end: Any) -> Any:
    try:
        return end and (date.fromisoformat(end) - timedelta(days=1)).isoformat()
    except (TypeError, ValueError, OverflowError):
        return end


def text(value: Any) -> str:
    """Return a value for a cell of a table: a charge by its name and price, a list by commas."""
    if isinstance(value, dict):
        return _row_text(value)
    if isinstance(value, list):
        return ", ".join(text(each) for each in value)
    return "" if value is None else str(value)


def _row_text(row: Mapping[str, Any]) -> str:
    if "kind" not in row:
        return ", ".join(f"{name} {text(value)}" for name, value in row.items())
    amount = row.get("price") or row.get("percent") or row.get("amount") or ""
    return f"{_name(row)} {amount}".strip()
