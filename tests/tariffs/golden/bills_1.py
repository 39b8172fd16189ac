"""What pins engine 1: flat prices, slabs, seasons, bands, fixed charges, percentages and taxes."""

from __future__ import annotations

from typing import Any

from tests.tariffs.definitions import definition, energy, fixed, slabs

NEW_YORK, BERLIN, LONDON = "America/New_York", "Europe/Berlin", "Europe/London"
AUCKLAND, LORD_HOWE, SINGAPORE = "Pacific/Auckland", "Australia/Lord_Howe", "Asia/Singapore"
QUARTER_S, HALF_S, HOUR_S = 900, 1800, 3600

SEASONS = {
    "winter": [{"first": "11-01", "last": "03-14"}],
    "summer": [{"first": "03-15", "last": "10-31"}],
}
BANDS = {
    "night": [{"from": "22:00", "to": "06:00"}],
    "peak": [{"days": "weekday", "from": "16:30", "to": "20:00"}],
    "day": [
        {"days": "weekday", "from": "06:00", "to": "16:30"},
        {"days": "weekday", "from": "20:00", "to": "22:00"},
        {"days": ["weekend", "holiday"], "from": "06:00", "to": "22:00"},
    ],
}
HOLIDAYS = ["2024-01-01", "2026-01-01", "2026-03-17", "2026-11-26", "2026-12-25"]
RULES = ("proportional", "chronological", "per_period", "total_only")
CENTS = {"night": ("0.0713", "0.0911", "0.25"), "day": ("0.12345", "0.1505", "0.35")}
CENTS |= {"peak": ("0.18275", "0.250005", "0.333333")}
PERCENT = {"kind": "percent"}


def laddered(prices: tuple[str, ...]) -> list[dict[str, Any]]:
    return slabs(*zip(("150", "400.5", None), prices, strict=True))


def by_band(rule: str, **row: str) -> dict[str, Any]:
    """Return time of use with slabs, met by one of the four rules."""
    if rule == "total_only":
        prices = [{"band": band, "price": cents[0], **row} for band, cents in CENTS.items()]
        return {"prices": prices, "slabs": laddered(("0.01", "0.02", "0.045")), **met(rule)}
    prices = [{"band": band, "slabs": laddered(cents), **row} for band, cents in CENTS.items()]
    return {"prices": prices, **met(rule)}


def met(rule: str) -> dict[str, str]:
    return {"slabs_with_time": rule}


def by_season_and_band(rule: str) -> dict[str, Any]:
    seasons = [by_band(rule, season=season) for season in SEASONS]
    return {**seasons[0], "prices": [row for half in seasons for row in half["prices"]]}


def seasonal_slabs() -> list[dict[str, Any]]:
    return [
        {"season": "winter", "slabs": slabs(("100", "0.31"), (None, "0.44"))},
        {"season": "summer", "slabs": slabs(("60", "0.11"), ("200", "0.2"), (None, "0.29"))},
    ]


def tariffs() -> dict[str, Any]:
    times: dict[str, Any] = {"bands": BANDS, "holidays": HOLIDAYS}
    both = {**times, "seasons": SEASONS}
    three = laddered(CENTS["day"])
    made = {
        "flat": definition(fixed("7.50"), energy(price="0.1234")),
        "flat, Wh": definition(energy(unit="Wh", price="0.000123")),
        "flat, MWh": definition(energy(unit="MWh", price="98.765432")),
        "litres": definition(energy(unit="l", price="0.002495"), commodity="water"),
        "water": definition(
            fixed("9"),
            energy(unit="m3", slabs=slabs(("10", "1.2"), ("33.333", "2.5"), (None, "4.05"))),
            commodity="water",
        ),
        "derived": definition(energy(regular="0.12345", discount_percent="7.5")),
        "yen": definition(fixed("858"), energy(price="25.33"), currency="JPY"),
        "dinar": definition(fixed("1.005"), energy(slabs=three), currency="KWD"),
        "unidad": definition(energy(price="0.004321"), currency="CLF"),
        "widths per day": definition(energy(slabs=slabs(("9.5", "0.1"), (None, "0.2")), slab_width="per_day")),
        "widths whole": definition(energy(slabs=three, slab_width="whole")),
        "seasons": definition(
            fixed("3.35", basis="day"),
            energy(prices=[{"season": "winter", "price": "0.22"}, {"season": "summer", "price": "0.17"}]),
            seasons=SEASONS,
        ),
        "seasons and slabs": definition(energy(prices=seasonal_slabs()), seasons=SEASONS),
        "seasons and slabs per day": definition(
            energy(prices=seasonal_slabs(), slab_width="per_day"), seasons=SEASONS
        ),
        "bands": definition(
            energy(prices=[{"band": band, "price": cents[2]} for band, cents in CENTS.items()]), **times
        ),
        "peak alone": definition(
            energy(prices=[{"band": "peak", "price": "0.15"}], elsewhere="free"), **times
        ),
        "standard time": definition(
            energy(prices=[{"band": band, "price": cents[1]} for band, cents in CENTS.items()]),
            clock="standard", **times,
        ),
        "seasons and bands": definition(
            energy(
                prices=[
                    {"season": season, "band": band, "price": price}
                    for season, part in (("winter", 2), ("summer", 0))
                    for band, price in ((band, cents[part]) for band, cents in CENTS.items())
                ]
            ),
            **both,
        ),
        "fixed": definition(
            fixed("12.34"), fixed("30", code="whole", proration="whole"),
            fixed("0.333", code="daily", basis="day"), fixed("6.55", code="thirty", basis="30_days"),
        ),
        "percentages": definition(
            fixed("5"),
            energy(price="0.1111"),
            {"code": "off", "purpose": "discount", "percent": "7.5", "of": ["energy"], **PERCENT},
            {"code": "fuel", "purpose": "rider", "percent": "3.333", "of": ["energy", "off"], **PERCENT},
            {"code": "local", "purpose": "surcharge", "percent": "2", "of": ["service", "fuel"], **PERCENT},
            {"code": "duty", "purpose": "tax", "percent": "6.35", "tax_class": "none",
             "of": ["service", "energy", "off", "fuel", "local"], **PERCENT},
        ),
        "conditions": definition(
            fixed("4", when=["metered"]),
            energy(price="0.2", when=["paperless"]),
            energy(code="paper", price="0.21"),
            {"code": "loyal", "purpose": "discount", "percent": "10", "of": ["energy", "paper"],
             "when": ["paperless", "loyal"], **PERCENT},
        ),
        "export": definition(
            energy(price="0.3"), energy(code="feed-in-fee", source="export", price="0.0105", tax_class="reduced")
        ),
    }  # fmt: skip
    made |= {
        f"rounded {rounding}": definition(
            fixed("2.345", basis="day"),
            energy(slabs=slabs(("3", "0.005"), (None, "0.015"))),
            {"code": "off", "purpose": "discount", "percent": "2.5", "of": ["service", "energy"], **PERCENT},
            rounding=rounding,
        )
        for rounding in ("half_up", "half_even", "up", "down")
    }  # fmt: skip
    made |= {f"bands, {rule}": definition(energy(**by_band(rule)), **times) for rule in RULES}
    made |= {
        f"seasons and bands, {rule}": definition(energy(**by_season_and_band(rule)), **both)
        for rule in RULES[:3]
    }
    made |= {
        f"bands, {rule}, {width}": definition(energy(slab_width=width, **by_band(rule)), **times)
        for rule, width in (("chronological", "whole"), ("proportional", "per_day"))
    }
    return {
        name: {**tariff, "code": f"t{n}", "name": name, "rate_type": "time_based"}
        for n, (name, tariff) in enumerate(made.items())
    }


TARIFFS = tariffs()
VAT = {"code": "vat", "name": "VAT", "percent": "19"}
CITY = {"code": "city", "name": "City tax", "percent": "2.375"}
ON_TAX = {"code": "state", "name": "State tax", "percent": "6.25", "on_taxes": ["city"]}
REDUCED = {"code": "low", "name": "Reduced", "percent": "5.5", "tax_class": "reduced"}

JANUARY, FEBRUARY, LEAP = ["2026-01-01", "2026-02-01"], ["2026-02-01", "2026-03-01"], ["2024-02-01", "2024-03-01"]  # fmt: skip
MARCH, NOVEMBER, JUNE = ["2026-03-01", "2026-04-01"], ["2026-11-01", "2026-12-01"], ["2026-06-01", "2026-07-01"]  # fmt: skip
OCTOBER, APRIL, DECEMBER = ["2026-10-01", "2026-11-01"], ["2026-04-01", "2026-05-01"], ["2026-12-10", "2027-01-10"]  # fmt: skip
SPRING = ["2026-03-03", "2026-04-02"]


def read(seed: int, span: int = 1800, interval_s: int = HOUR_S, **more: Any) -> dict[str, Any]:
    """Return use as readings."""
    return {"import": {"interval_s": interval_s, "seed": seed, "span": span, **more}}


def totals(*values: int) -> dict[str, Any]:
    return {"import": list(values)}


def part(tariff: str, period: list[str], use: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"tariff": tariff, "period": period, "use": use, **more}


def bill(
    name: str, *segments: dict[str, Any], zone: str = NEW_YORK, n: int = 1, **more: Any
) -> dict[str, Any]:
    return {"name": name, "zone": zone, "n": n, **more, "segments": list(segments)}


def of_totals() -> list[dict[str, Any]]:
    """Registers, fixed charges, percentages and taxes."""
    water = (0, 1, 9_999, 10_000, 10_001, 33_333, 33_334, 123_456_789)
    return [
        bill("flat", part("flat", JANUARY, totals(0, 1, 412_000, 10**12)), n=4),
        bill("flat, Wh", part("flat, Wh", JANUARY, totals(999, 412_345)), n=2),
        bill("flat, MWh", part("flat, MWh", JANUARY, totals(1_500_000, 10**15)), n=2),
        bill("litres", part("litres", JUNE, totals(1, 7_777)), n=2, zone=SINGAPORE),
        bill("water, whole month", part("water", JUNE, totals(*water)), n=8),
        bill("water, moved in", part("water", ["2026-06-12", "2026-07-01"], totals(*water[3:]), cycle=JUNE), n=5),
        bill("water, moved out in a leap February", part("water", ["2024-02-01", "2024-02-18"], totals(8_000, 40_000), cycle=LEAP), n=2),
        bill("derived price", part("derived", FEBRUARY, totals(100_000, 33_333)), n=2),
        bill("yen", part("yen", JUNE, totals(123_456, 500)), n=2, zone="Asia/Tokyo", taxes=[{**VAT, "percent": "10"}]),
        bill("dinar", part("dinar", JUNE, totals(150_000, 400_501, 5)), n=3, zone="Asia/Kuwait", taxes=[VAT]),
        bill("four decimals", part("unidad", JUNE, totals(654_321)), zone="America/Santiago", rounding="half_even"),
        bill("widths per day", part("widths per day", LEAP, totals(275_500, 275_501)), n=2),
        bill("widths per day in a part", part("widths per day", ["2026-03-05", "2026-03-20"], totals(150_000), cycle=MARCH)),
        bill("widths whole in a part", part("widths whole", ["2026-03-05", "2026-03-20"], totals(420_000, 150_000), cycle=MARCH), n=2),
        bill("season changes", part("seasons", SPRING, totals(310_000, 310_001, 7)), n=3, taxes=[VAT]),
        bill("season changes under slabs", part("seasons and slabs", SPRING, totals(310_000, 99_999)), n=2),
        bill("season changes in a part", part("seasons and slabs", ["2026-03-10", "2026-03-25"], totals(222_222), cycle=SPRING)),
        bill("season changes, widths per day", part("seasons and slabs per day", SPRING, totals(3_100_000)), zone=LONDON),
        bill("season over New Year", part("seasons and slabs", DECEMBER, totals(180_000)), zone=AUCKLAND),
        bill("fixed, whole month", part("fixed", JANUARY, {})),
        bill("fixed, leap February", part("fixed", ["2024-02-10", "2024-03-01"], {}, cycle=LEAP)),
        bill("fixed, one day", part("fixed", ["2026-06-30", "2026-07-01"], {}, cycle=JUNE)),
        bill("fixed in two parts", part("fixed", ["2026-06-01", "2026-06-11"], {}, cycle=JUNE), part("fixed", ["2026-06-11", "2026-07-01"], {}, cycle=JUNE)),
        bill("percentages", part("percentages", JUNE, totals(100_000, 12_345, 0)), n=3),
        bill("no condition", part("conditions", JUNE, totals(100_000))),
        bill("one condition", part("conditions", JUNE, totals(100_000), conditions=["paperless"])),
        bill("all conditions", part("conditions", JUNE, totals(100_000), conditions=["loyal", "metered", "paperless"])),
        bill("tax on tax", part("flat", JUNE, totals(412_000, 77)), n=2, taxes=[CITY, ON_TAX]),
        bill("another class", part("export", JUNE, {**totals(412_000), "export": [99_000]}), taxes=[REDUCED, VAT]),
        bill("taxes of another commodity", part("flat", JUNE, totals(5_000)), taxes=[{**CITY, "commodity": "gas"}, {**VAT, "commodity": "electricity"}]),
        bill("tax of one segment", part("flat", ["2026-06-01", "2026-06-16"], totals(100_000), cycle=JUNE), part("flat", ["2026-06-16", "2026-07-01"], totals(99_999), cycle=JUNE), taxes=[{**VAT, "segments": [0]}, {**VAT, "percent": "20", "segments": [1]}]),
        *(bill(f"taxes rounded {r}", part("flat", FEBRUARY, totals(41_250)), taxes=[CITY, ON_TAX], rounding=r) for r in ("half_even", "up", "down")),
        bill("outside the tariff", part("flat", ["2019-06-01", "2019-07-01"], totals(1_000))),
    ]  # fmt: skip


def of_rounding() -> list[dict[str, Any]]:
    """Amounts that lie on halves."""
    return [
        bill(rounding, part(f"rounded {rounding}", ["2026-06-02", "2026-06-03"], totals(1_000, 3_000, 5_000), cycle=JUNE), taxes=[CITY], n=3)
        for rounding in ("half_up", "half_even", "up", "down")
    ]  # fmt: skip


def of_readings() -> list[dict[str, Any]]:
    """Readings of a quarter, a half and a whole hour, batches besides."""
    changes = {
        "back": (NEW_YORK, NOVEMBER), "forward": (NEW_YORK, MARCH), "back in Berlin": (BERLIN, OCTOBER),
        "forward in Berlin": (BERLIN, MARCH), "back by half an hour": (LORD_HOWE, APRIL),
        "forward by half an hour": (LORD_HOWE, OCTOBER),
    }  # fmt: skip
    timed = ("bands", "standard time", "seasons and bands", "peak alone")
    ruled = [name for name in TARIFFS if "bands, " in name]
    return [
        *(
            bill(f"{name}, {change}", part(name, period, read(17 * k, interval_s=HALF_S)), zone=zone)
            for name in timed
            for k, (change, (zone, period)) in enumerate(changes.items())
        ),
        *(
            bill(f"{name}, {zone}", part(name, period, read(i, 1400 + 500 * i, HALF_S, floor=10)), zone=zone, n=2)
            for name in ruled
            for i, (zone, period) in enumerate(((NEW_YORK, MARCH), (LONDON, OCTOBER), (AUCKLAND, LEAP)))
        ),
        *(
            bill(f"{name}, a part", part(name, ["2026-11-12", "2026-12-01"], read(3, 900, QUARTER_S, type="int16"), cycle=NOVEMBER), n=2, taxes=[VAT])
            for name in ruled
        ),
        bill("one day back", part("bands", ["2026-11-01", "2026-11-02"], read(5, 3000, HALF_S)), n=4),
        bill("an odd stretch", part("flat", ["2026-03-08T01:15-05:00", "2026-03-09T17:45-04:00"], read(8, 500, QUARTER_S), cycle=MARCH)),
        bill("moment of moving", part("bands", ["2026-11-01T12:00-05:00", "2026-11-20T18:30-05:00"], read(2, interval_s=HALF_S), cycle=NOVEMBER)),
        bill("nothing used", part("bands, proportional", JUNE, read(1, 1, HALF_S)), taxes=[VAT]),
        bill("a batch", part("seasons and bands, chronological", NOVEMBER, read(40, 2500, HALF_S, type="int32")), taxes=[CITY, ON_TAX], n=12),
    ]  # fmt: skip


def of_changes() -> list[dict[str, Any]]:
    """Two segments of one period."""
    edge = "2026-11-15"
    return [
        bill(
            f"{one} then {other}",
            part(one, [NOVEMBER[0], edge], read(1, 1700, HALF_S), cycle=NOVEMBER),
            part(other, [edge, NOVEMBER[1]], read(1000, 1700, HALF_S), cycle=NOVEMBER),
            taxes=[VAT],
            n=n,
        )
        for one, other, n in (
            ("flat", "bands", 2),
            ("bands, chronological", "bands, proportional", 2),
            ("seasons", "seasons and bands, per_period", 2),
            ("percentages", "fixed", 1),
            ("flat", "flat", 1),
        )
    ]


def named_once(bills: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "name": f"{n:03d} {row['name']}"} for n, row in enumerate(bills)]


BILLS = named_once([*of_totals(), *of_rounding(), *of_changes(), *of_readings()])
