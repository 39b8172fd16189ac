"""The content of a definition without what says nothing: defaults, empty lists, number or text.

Two definitions of tariffs, or of plans, that mean the same by the defaults of their format are
equal when they are plain.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tariffs.engine.quantities.days import DAY_NAMES
from tariffs.engine.reading.times import DAY_GROUPS

TARIFF = {
    "format": "1",
    "zone": "UTC",
    "clock": "wall",
    "on_change": "split",
    "frequency": "monthly",  # of a plan
}
CHARGE: dict[str, dict[str, str]] = {
    "energy": {"source": "import", "slab_rule": "marginal", "slab_width": "prorate",
               "elsewhere": "refused"},
    "fixed": {"basis": "period", "proration": "days"},
    "minimum": {"basis": "period", "proration": "days"},
    "demand": {"minutes": "15", "peak": "greatest", "slab_rule": "marginal", "basis": "period",
               "proration": "days", "elsewhere": "refused"},
    "credit": {"source": "export", "settle": "bill", "slab_rule": "marginal",
               "slab_width": "prorate", "elsewhere": "refused"},
}  # fmt: skip
WINDOW = {"from": "00:00", "to": "24:00"}
EVERY_DAY = [*DAY_NAMES]


def plain(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content; what has an unknown shape stays as it is."""
    read = _without(_texts(definition), TARIFF)
    if isinstance(read.get("bands"), dict):
        read["bands"] = {name: _windows(rows) for name, rows in read["bands"].items()}
    if isinstance(read.get("charges"), list):
        read["charges"] = [_charge(charge) for charge in read["charges"]]
    if isinstance(read.get("eligibility"), dict):
        read["eligibility"] = _without(read["eligibility"], {})
    if isinstance(read.get("examples"), list):
        read["examples"] = [_without(row, {}) for row in read["examples"]]
    return {name: value for name, value in read.items() if value not in ({}, [])}


def _texts(value: Any) -> Any:
    """Return numbers as the texts that they are read as."""
    if isinstance(value, Mapping):
        return {str(name): _texts(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_texts(each) for each in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


def _without(row: Any, defaults: Mapping[str, str]) -> Any:
    if not isinstance(row, dict):
        return row
    empty: tuple[Any, ...] = (None, "", [], {})
    return {
        name: value
        for name, value in row.items()
        if value not in empty and (name not in defaults or value != defaults[name])
    }


def _charge(charge: Any) -> Any:
    if not isinstance(charge, dict):
        return charge
    kind = str(charge.get("kind"))
    tax_class = "none" if charge.get("purpose") == "tax" else "standard"
    read = _without(charge, {**CHARGE.get(kind, {}), "tax_class": tax_class})
    if read.get("name") == read.get("code"):
        read.pop("name", None)
    if isinstance(read.get("hours"), list):
        read["hours"] = _windows(read["hours"])
    for name in ("prices", "slabs"):
        if isinstance(read.get(name), list):
            read[name] = [_without(row, {}) for row in read[name]]
    return read


def _windows(rows: Any) -> Any:
    return [_window(row) for row in rows] if isinstance(rows, list) else rows


def _window(row: Any) -> Any:
    if not isinstance(row, dict):
        return row
    days = _days(row.get("days", "all"))
    rest = {name: value for name, value in row.items() if name != "days"}
    return {**_without(rest, WINDOW), **({} if days == EVERY_DAY else {"days": days})}


def _days(days: Any) -> Any:
    """Return the single days of their groups, in the order of the week."""
    names = [days] if isinstance(days, str) else days
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return days
    known = {name: {DAY_NAMES[day] for day in group} for name, group in DAY_GROUPS.items()}
    single = {day for name in names for day in known.get(name, {name})}
    order = {name: i for i, name in enumerate(DAY_NAMES)}
    return sorted(single, key=lambda day: (order.get(day, len(order)), day))
