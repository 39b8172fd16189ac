"""What is typed for the five types of rates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from core.wizard import Typed
from core.wizard.rows import laid_out, taken
from tariffs.authoring.state import (
    STANDARD,
    BandRow,
    FixedRate,
    FixedRow,
    FlatRate,
    Measure,
    Rate,
    SeasonalRate,
    SeasonRow,
    SlabRate,
    SlabRow,
    TimeRate,
    Window,
)

ENERGY, SERVICE = "energy", "service"  # codes of the charge that the rate is about
ISO_DAY = 10  # letters of 2027-12-25


def rate(kind: str, typed: Typed) -> Rate:
    """Return the rate of this type."""
    return MAKE.get(kind, _flat)(_texts(typed))


def seasonal(typed: Typed) -> SeasonalRate:
    """Return the seasons as typed."""
    return _seasonal(_texts(typed))


def typed(rate: Rate) -> dict[str, str | list[str]]:
    """Return what would be typed for a rate."""
    if isinstance(rate, FixedRate):
        return _typed_fixed(rate.charge)
    measure = _typed_measure(rate.measure)
    if isinstance(rate, FlatRate):
        return {**measure, "price": rate.price}
    if isinstance(rate, SlabRate):
        slabs = [{"up_to": row.up_to or "", "price": row.price} for row in rate.rows]
        return {**measure, "rule": rate.rule, "width": rate.width, **laid_out("slabs", slabs)}
    if isinstance(rate, SeasonalRate):
        return {**measure, **laid_out("seasons", [_typed_season(row) for row in rate.rows])}
    return {**measure, **_typed_bands(rate)}


def band_names(typed: Typed) -> tuple[str, ...]:
    """Return the names of the bands in their order."""
    return tuple(row.get("name", "") for row in taken(typed, "bands"))


def _texts(typed: Typed) -> dict[str, str]:
    return {name: value if isinstance(value, str) else "" for name, value in typed.items()}


def _measure(typed: Mapping[str, str]) -> Measure:
    return Measure(
        unit=typed.get("unit", "kWh"),
        code=typed.get("charge_code") or ENERGY,
        name=typed.get("charge_name", ""),
        tax_class=typed.get("tax_class") or STANDARD,
        of_commodity=typed.get("of_commodity", ""),
        share_percent=typed.get("share_percent", ""),
    )


def _typed_measure(measure: Measure) -> dict[str, str]:
    return {
        "unit": measure.unit,
        "charge_code": measure.code,
        "charge_name": measure.name,
        "tax_class": measure.tax_class,
        "of_commodity": measure.of_commodity,
        "share_percent": measure.share_percent,
    }


def _flat(typed: Mapping[str, str]) -> FlatRate:
    return FlatRate(typed.get("price", ""), _measure(typed))


def _slab(typed: Mapping[str, str]) -> SlabRate:
    rows = tuple(
        SlabRow(row.get("up_to") or None, row.get("price", "")) for row in taken(typed, "slabs")
    )
    rule, width = typed.get("rule") or "marginal", typed.get("width") or "prorate"
    return SlabRate(rows or (SlabRow(None),), rule, width, _measure(typed))


def _fixed(typed: Mapping[str, str]) -> FixedRate:
    return FixedRate(
        FixedRow(
            code=typed.get("charge_code") or SERVICE,
            name=typed.get("charge_name", ""),
            price=typed.get("price", ""),
            basis=typed.get("basis") or "period",
            proration=typed.get("proration") or "days",
            tax_class=typed.get("tax_class") or STANDARD,
        )
    )


def _typed_fixed(row: FixedRow) -> dict[str, str | list[str]]:
    return {
        "charge_code": row.code,
        "charge_name": row.name,
        "price": row.price,
        "basis": row.basis,
        "proration": row.proration,
        "tax_class": row.tax_class,
    }


def _seasonal(typed: Mapping[str, str]) -> SeasonalRate:
    rows = [
        SeasonRow(
            name=row.get("name", ""),
            first=_month_day(row, "from"),
            last=_month_day(row, "to"),
            regular=row.get("regular", ""),
            discount_percent=row.get("discount", ""),
        )
        for row in taken(typed, "seasons")
    ]
    return SeasonalRate(tuple(rows), _measure(typed))


def _month_day(row: Mapping[str, str], end: str) -> str:
    month, day = row.get(f"{end}_month", ""), row.get(f"{end}_day", "")
    return f"{month}-{day.zfill(2)}" if month or day else ""


def _typed_season(row: SeasonRow) -> dict[str, str]:
    first_month, _dash, first_day = row.first.partition("-")
    last_month, _dash, last_day = row.last.partition("-")
    return {
        "name": row.name,
        "from_month": first_month,
        "from_day": first_day,
        "to_month": last_month,
        "to_day": last_day,
        "regular": row.regular,
        "discount": row.discount_percent,
    }


def _timed(typed: Mapping[str, str]) -> TimeRate:
    hours: dict[str, list[Window]] = {}
    for row in taken(typed, "hours"):
        days = tuple(row.get("days", "").split())
        window = Window(row.get("from", ""), row.get("to", ""), days)
        hours.setdefault(row.get("band", ""), []).append(window)
    bands = tuple(
        BandRow(row.get("name", ""), row.get("price", ""), tuple(hours.get(str(i + 1), ())))
        for i, row in enumerate(taken(typed, "bands"))
    )
    return TimeRate(bands, _holidays(typed.get("holidays", "")), _measure(typed))


def _typed_bands(rate: TimeRate) -> dict[str, str | list[str]]:
    hours = [
        {"band": str(i + 1), "days": " ".join(w.days), "from": w.starts, "to": w.ends}
        for i, band in enumerate(rate.bands)
        for w in band.windows
    ]
    holidays = "\n".join(f"{day.isoformat()} {name}".strip() for day, name in rate.holidays)
    return {
        **laid_out("bands", [{"name": b.name, "price": b.price} for b in rate.bands]),
        **laid_out("hours", hours),
        "holidays": holidays,
    }


def _holidays(text: str) -> tuple[tuple[date, str], ...]:
    """Return the days of lines such as `2027-12-25 Christmas`; other lines are left out."""
    found = []
    for line in text.splitlines():
        try:
            found.append((date.fromisoformat(line[:ISO_DAY]), line[ISO_DAY:].strip()))
        except ValueError:
            continue
    return tuple(found)


MAKE: Mapping[str, Callable[[Mapping[str, str]], Rate]] = {
    "flat": _flat,
    "slab": _slab,
    "fixed": _fixed,
    "seasonal": _seasonal,
    "time_based": _timed,
}
