"""Says the rows of the wizard in the tariff format; defaults and what is empty are left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tariffs.authoring.state import (
    EVERY_DAY,
    STANDARD,
    ExampleRow,
    FixedRate,
    FixedRow,
    FlatRate,
    Measure,
    MinimumRow,
    OtherRow,
    Rate,
    SeasonalRate,
    SeasonRow,
    SlabRate,
    TimeRate,
    Window,
)

Json = dict[str, Any]
EMPTY: tuple[Any, ...] = ("", None, [], {})


def filled(**fields: Any) -> Json:
    """Return the fields that hold something."""
    return {name: value for name, value in fields.items() if value not in EMPTY}


def but(default: str, value: str) -> str | None:
    """Return a choice, or nothing where it is the default of the format."""
    return None if value == default else value


def energy(rate: FlatRate | SlabRate | SeasonalRate | TimeRate) -> Json:
    """Return the charge for use."""
    measure = rate.measure
    return {
        **_named(measure),
        "kind": "energy",
        **filled(
            unit=measure.unit,
            commodity=measure.of_commodity,
            share_percent=measure.share_percent,
            **_prices(rate),
        ),
    }


def other(row: OtherRow) -> Json:
    """Return a charge that stands beside the charge for use."""
    stated: Json
    if isinstance(row, FixedRow):
        stated = {"kind": "fixed", "price": row.price, "basis": but("period", row.basis),
                  "proration": but("days", row.proration)}  # fmt: skip
    elif isinstance(row, MinimumRow):
        stated = {"kind": "minimum", "price": row.price, "of": list(row.of),
                  "basis": but("period", row.basis)}  # fmt: skip
    else:
        stated = {"kind": "percent", "purpose": row.purpose, "percent": row.percent,
                  "of": list(row.of), "when": list(row.when)}  # fmt: skip
    return {**_named(row), **filled(**stated)}


def calendar(rate: Rate) -> Json:
    """Return the seasons, or the bands and holidays."""
    if isinstance(rate, SeasonalRate):
        seasons: dict[str, list[Json]] = {}
        for row in rate.rows:
            seasons.setdefault(row.name, []).append(filled(first=row.first, last=row.last))
        return {"seasons": seasons}
    if isinstance(rate, TimeRate):
        bands: dict[str, list[Json]] = {}
        for band in rate.bands:
            bands.setdefault(band.name, []).extend(map(_window, band.windows))
        holidays = [
            {"day": day.isoformat(), "name": name} if name else day.isoformat()
            for day, name in rate.holidays
        ]
        return {"bands": bands, "holidays": holidays}
    return {}


def example(row: ExampleRow, channel: str) -> Json:
    """Return a worked bill; the use of a band is that of its own register."""
    use: Mapping[str, str] = {channel: row.use} if row.use else {}
    if row.by_band:
        use = {f"{channel}.{band}": units for band, units in row.by_band}
    return filled(
        name=row.name,
        first=row.first.isoformat() if row.first else None,
        last=row.last.isoformat() if row.last else None,
        use=use,
        conditions=list(row.conditions),
        total=row.total,
    )


def channel(rate: Rate) -> str:
    """Return what a rate prices, as the use of an example names it."""
    of = "" if isinstance(rate, FixedRate) else rate.measure.of_commodity
    return f"{of}.import" if of else "import"


def _named(row: Measure | OtherRow) -> Json:
    return filled(code=row.code, name=row.name, tax_class=but(STANDARD, row.tax_class))


def _prices(rate: FlatRate | SlabRate | SeasonalRate | TimeRate) -> Json:
    if isinstance(rate, FlatRate):
        return {"price": rate.price}
    if isinstance(rate, SlabRate):
        return {
            "slabs": [filled(up_to=row.up_to, price=row.price) for row in rate.rows],
            "slab_rule": but("marginal", rate.rule),
            "slab_width": but("prorate", rate.width),
        }
    if isinstance(rate, SeasonalRate):
        return {"prices": [{"season": row.name, **_discounted(row)} for row in rate.rows]}
    return {"prices": [filled(band=band.name, price=band.price) for band in rate.bands]}


def _discounted(row: SeasonRow) -> Json:
    if not row.discount_percent:
        return filled(price=row.regular)
    return filled(regular=row.regular, discount_percent=row.discount_percent)


def _window(window: Window) -> Json:
    days: Any = list(window.days)
    if window.days == EVERY_DAY:
        days = None
    elif len(days) == 1:
        (days,) = days
    hours = {"from": but("00:00", window.starts), "to": but("24:00", window.ends)}
    found = {name: value for name, value in hours.items() if value is not None}
    return found if days is None else {"days": days, **found}
