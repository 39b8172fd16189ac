"""A bill worked by hand in words: "100 units (April 1, 2025 – April 30, 2025): use 100, 12.00"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core import formats
from tariffs import names

IMPORT = "import"


def example(said: Mapping[str, Any]) -> str:
    """Return what a worked bill says; what has an unknown shape is left out."""
    parts = ", ".join(_parts(said))
    days = _days(str(said.get("first", "")), str(said.get("last", "")))
    total = str(said.get("total", ""))
    words = {"name": names.told(str(said.get("name", ""))), "days": days, "parts": parts}
    told = _("%(name)s (%(days)s): %(parts)s") if words["name"] else _("%(days)s: %(parts)s")
    return f"{told % words} → {total}"


def _parts(said: Mapping[str, Any]) -> Iterator[str]:
    for channel, number in _rows(said, "use"):
        yield _("%(use)s %(number)s") % {"use": _use(channel), "number": number}
    for channel, number in _rows(said, "use_per_hour"):
        yield _("%(use)s %(number)s an hour") % {"use": _use(channel), "number": number}
    for field in ("attributes", "given"):
        for name, number in _rows(said, field):
            yield f"{names.told(name)} {number}"
    conditions = said.get("conditions")
    if isinstance(conditions, list | tuple):
        yield from (names.told(str(each)) for each in conditions)


def _rows(said: Mapping[str, Any], field: str) -> list[tuple[str, Any]]:
    rows = said.get(field)
    return list(rows.items()) if isinstance(rows, Mapping) else []


def _use(channel: str) -> str:
    """Say what was measured: all that was delivered, in some hours, or something else."""
    if channel == IMPORT:
        return _("use")
    if channel.startswith(f"{IMPORT}."):
        return _("use in %(hours)s") % {"hours": names.told(channel.removeprefix(f"{IMPORT}."))}
    return names.told(channel)


def _days(first: str, last: str) -> str:
    try:
        return formats.short_days(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        return f"{first} – {last}"
