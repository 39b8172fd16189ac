"""Reads a tariff definition into the answers of the wizard, as far as it can say them.

It takes what it knows and passes over the rest: whoever calls it says the answers again and
compares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from tariffs.authoring import state as said
from tariffs.authoring import take
from tariffs.authoring.rows import channel
from tariffs.authoring.take import Json, NotExpressible

DEFAULT_CLASS = said.STANDARD


def state(stated: Json) -> said.TariffForm:
    """Return the answers.

    :raises NotExpressible: where a value has another shape than any answer
    """
    if not isinstance(stated, Mapping):
        raise NotExpressible("")
    charges = [take.fields(item, "charges") for item in take.rows(stated, "charges")]
    place = _place_of_rate(stated, charges)
    rate = _rate(stated, charges[place] if place < len(charges) else {})
    return said.TariffForm(
        basics=_basics(stated),
        rate=rate,
        charges=said.Charges(
            tuple(_fixed(charge) for charge in charges[:place]),
            tuple(_other(charge) for charge in charges[place + 1 :]),
        ),
        examples=tuple(_example(item, rate) for item in take.rows(stated, "examples")),
        change_summary=take.text(stated, "change_summary"),
    )


def _place_of_rate(stated: Json, charges: Sequence[Json]) -> int:
    """Return which charge the rate type is about."""
    kind = "fixed" if take.text(stated, "rate_type") == "fixed" else "energy"
    places = [i for i, charge in enumerate(charges) if charge.get("kind") == kind]
    if not places:
        raise NotExpressible("charges")
    return places[0]


def _basics(stated: Json) -> said.Basics:
    eligible = take.fields(stated.get("eligibility", {}), "eligibility")
    benefits = take.fields(stated.get("benefits", {}), "benefits")
    return said.Basics(
        code=take.text(stated, "code"),
        name=take.text(stated, "name"),
        commodity=take.text(stated, "commodity"),
        description=take.text(stated, "description"),
        benefits=tuple((language, take.text(benefits, language)) for language in benefits),
        categories=take.texts(eligible, "categories"),
        areas=take.texts(eligible, "areas"),
        first_day=take.day(stated, "from"),
        last_day=_last_day(stated),
        currency=take.text(stated, "currency"),
        zone=take.text(stated, "zone", "UTC"),
    )


def _last_day(stated: Json) -> date | None:
    day = take.day(stated, "to")
    if day == date.min:
        raise NotExpressible("to")
    return day and day - timedelta(days=1)


def _rate(stated: Json, charge: Json) -> said.Rate:
    kind = take.text(stated, "rate_type")
    if kind == "fixed":
        return said.FixedRate(_fixed(charge))
    measure = said.Measure(
        unit=take.text(charge, "unit"),
        code=take.text(charge, "code"),
        name=take.text(charge, "name"),
        tax_class=take.text(charge, "tax_class", DEFAULT_CLASS),
        of_commodity=take.text(charge, "commodity"),
        share_percent=take.text(charge, "share_percent"),
    )
    if kind == "flat":
        return said.FlatRate(take.text(charge, "price"), measure)
    if kind == "slab":
        return _slabs(charge, measure)
    prices = [take.fields(item, "charges.prices") for item in take.rows(charge, "prices")]
    if kind == "seasonal":
        seasons = take.fields(stated.get("seasons", {}), "seasons")
        return said.SeasonalRate(tuple(_season(row, seasons) for row in prices), measure)
    if kind == "time_based":
        bands = take.fields(stated.get("bands", {}), "bands")
        return said.TimeRate(
            tuple(_band(row, bands) for row in prices),
            tuple(_holiday(item) for item in take.rows(stated, "holidays")),
            measure,
        )
    raise NotExpressible("rate_type")


def _slabs(charge: Json, measure: said.Measure) -> said.SlabRate:
    rows = [take.fields(item, "charges.slabs") for item in take.rows(charge, "slabs")]
    return said.SlabRate(
        tuple(
            said.SlabRow(take.text(row, "up_to") or None, take.text(row, "price")) for row in rows
        ),
        take.text(charge, "slab_rule", "marginal"),
        take.text(charge, "slab_width", "prorate"),
        measure,
    )


def _season(row: Json, seasons: Json) -> said.SeasonRow:
    name = take.text(row, "season")
    ranges = take.rows(seasons, name)
    days = take.fields(ranges[0], f"seasons.{name}") if ranges else {}
    return said.SeasonRow(
        name,
        take.text(days, "first"),
        take.text(days, "last"),
        take.text(row, "regular") or take.text(row, "price"),
        take.text(row, "discount_percent"),
    )


def _band(row: Json, bands: Json) -> said.BandRow:
    name = take.text(row, "band")
    windows = tuple(_window(take.fields(item, f"bands.{name}")) for item in take.rows(bands, name))
    return said.BandRow(name, take.text(row, "price"), windows)


def _window(row: Json) -> said.Window:
    days = row.get("days", "all")
    named = (days,) if isinstance(days, str) else take.texts(row, "days")
    return said.Window(take.text(row, "from", "00:00"), take.text(row, "to", "24:00"), named)


def _holiday(item: object) -> tuple[date, str]:
    row = item if isinstance(item, Mapping) else {"day": item}
    day = take.day(row, "day")
    if day is None:
        raise NotExpressible("holidays")
    return day, take.text(row, "name")


def _other(charge: Json) -> said.OtherRow:
    kind = charge.get("kind")
    if kind == "fixed":
        return _fixed(charge)
    if kind == "minimum":
        return said.MinimumRow(
            **_named(charge),
            price=take.text(charge, "price"),
            of=take.texts(charge, "of"),
            basis=take.text(charge, "basis", "period"),
        )
    if kind == "percent" and charge.get("purpose") != "tax":
        return said.PercentRow(
            **_named(charge),
            purpose=take.text(charge, "purpose"),
            percent=take.text(charge, "percent"),
            of=take.texts(charge, "of"),
            when=take.texts(charge, "when"),
        )
    raise NotExpressible(f"charges.{take.text(charge, 'code')}")


def _fixed(charge: Json) -> said.FixedRow:
    if charge.get("kind") != "fixed":
        raise NotExpressible(f"charges.{take.text(charge, 'code')}")
    return said.FixedRow(
        **_named(charge),
        price=take.text(charge, "price"),
        basis=take.text(charge, "basis", "period"),
        proration=take.text(charge, "proration", "days"),
    )


def _named(charge: Json) -> dict[str, str]:
    return {
        "code": take.text(charge, "code"),
        "name": take.text(charge, "name"),
        "tax_class": take.text(charge, "tax_class", DEFAULT_CLASS),
    }


def _example(item: object, rate: said.Rate) -> said.ExampleRow:
    row = take.fields(item, "examples")
    use, whole = take.fields(row.get("use", {}), "examples.use"), channel(rate)
    registers = [name for name in use if name.startswith(f"{whole}.")]
    return said.ExampleRow(
        first=take.day(row, "first"),
        last=take.day(row, "last"),
        use=take.text(use, whole),
        by_band=tuple((name.removeprefix(f"{whole}."), take.text(use, name)) for name in registers),
        total=take.text(row, "total"),
        name=take.text(row, "name"),
        conditions=take.texts(row, "conditions"),
    )
