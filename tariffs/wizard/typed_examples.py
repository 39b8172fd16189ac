"""What is typed for bills worked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from core.wizard import Typed
from core.wizard.rows import laid_out, taken
from tariffs.authoring.state import ExampleRow

BAND = "band"  # and its number: what was used in it


def examples(typed: Typed, bands: Sequence[str]) -> tuple[ExampleRow, ...]:
    """Return the rows in which something is entered; a use of all bands goes before theirs."""
    rows = [row for row in taken(typed, "examples") if _is_filled(row)]
    return tuple(_example(row, bands) for row in rows)


def typed(rows: Sequence[ExampleRow], bands: Sequence[str]) -> dict[str, str | list[str]]:
    """Return what would be typed for these bills."""
    return laid_out("examples", [_typed(row, bands) for row in rows])


def _is_filled(row: dict[str, str]) -> bool:
    return any(text for name, text in row.items() if name not in ("first", "last"))


def _example(row: dict[str, str], bands: Sequence[str]) -> ExampleRow:
    used = [(name, row.get(f"{BAND}{i + 1}", "")) for i, name in enumerate(bands)]
    use = row.get("use", "")
    return ExampleRow(
        first=_day(row.get("first", "")),
        last=_day(row.get("last", "")),
        use=use,
        by_band=() if use else tuple((name, units) for name, units in used if units),
        total=row.get("total", ""),
        name=row.get("name", ""),
        conditions=tuple(row.get("conditions", "").split()),
    )


def _typed(row: ExampleRow, bands: Sequence[str]) -> dict[str, str]:
    used = dict(row.by_band)
    return {
        "name": row.name,
        "first": row.first.isoformat() if row.first else "",
        "last": row.last.isoformat() if row.last else "",
        "use": row.use,
        **{f"{BAND}{i + 1}": used.get(name, "") for i, name in enumerate(bands)},
        "total": row.total,
        "conditions": " ".join(row.conditions),
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
