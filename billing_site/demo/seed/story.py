"""Who lives where in the demonstration: plain values, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from billing_site.demo import logins

UTILITY_NAME = "Prairie Light & Water"
UTILITY_ZONE = "America/Chicago"
SECOND_ZONE = "America/Denver"
POLLED = 12  # meters that are reached over Modbus
KWH = 1000  # Wh
M3 = 1000  # litres


@dataclass(frozen=True, slots=True)
class Supply:
    """One commodity of a home: its plan and how much it takes in a year, in base units."""

    commodity: str
    plan: str  # code; empty: nobody has chosen one
    annual: int = 0
    is_polled: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the story: months before the month that is open, and the day in it."""

    months_ago: int
    day: int = 1


@dataclass(frozen=True, slots=True)
class Home:
    """One account: who, where, what, since when, and what happens to it."""

    name: str
    category: str
    supplies: tuple[Supply, ...]
    login: str = ""
    street: str = ""
    is_far: bool = False  # in the second time zone
    is_business: bool = False
    moves_in: Day | None = None  # else it was there before the story starts
    moves_out: Day | None = None
    follows: bool = False  # moves into the place that the home before left
    unpaid: int = 0  # the newest bills that are left unpaid
    exchange: Day | None = None  # its electricity meter is replaced
    gap: Day | None = None  # an afternoon that nobody could read
    gap_days: int = 0  # or so many whole days
    language: str = "en"


def electricity(plan: str, kwh: int, *, is_polled: bool = False) -> Supply:
    return Supply("electricity", plan, kwh * KWH, is_polled)


def water(plan: str, m3: int) -> Supply:
    return Supply("water", plan, m3 * M3)


CAST: tuple[Home, ...] = (
    Home(
        "Tara Hughes",
        "single-family",
        (electricity("RPH", 9_400, is_polled=True), water("RW", 128)),
        login=logins.TOU_HOME,
    ),
    Home(
        "Owen Reyes",
        "single-family",
        (electricity("RWS", 8_100, is_polled=True),),
        login=logins.OVERDUE_HOME,
        unpaid=2,
    ),
    Home(
        "Lena Marsh",
        "single-family",
        (electricity("RSD", 6_900, is_polled=True),),
        login=logins.LANDLORD,
    ),
    Home(
        "Lena Marsh",
        "multi-family",
        (electricity("RSE", 7_700), water("RW", 164)),
        login=logins.LANDLORD,
        is_far=True,
    ),
    Home(
        "Porter's Laundry",
        "small-business",
        (electricity("SBE", 41_000, is_polled=True), water("CWP", 3_900)),
        login=logins.SHOP,
        is_business=True,
    ),
    Home(
        "Harbor Foundry",
        "light-industry",
        (electricity("SBE", 88_000, is_polled=True), Supply("gas", "IGS")),
        is_business=True,
    ),
    Home(
        "Nora Whitfield",
        "single-family",
        (electricity("RSD", 7_200),),
        moves_out=Day(3, 18),
    ),
    Home(
        "Felix Amado",
        "single-family",
        (electricity("RPH", 7_600),),
        moves_in=Day(3, 19),
        follows=True,
    ),
    Home(
        "Greta Sandoval",
        "single-family",
        (electricity("RWS", 8_800, is_polled=True), water("RW", 96)),
        moves_in=Day(5, 11),
    ),
    Home("Ivan Kowalski", "single-family", (electricity("RSD", 9_900),), exchange=Day(2, 14)),
    Home(
        "June Castellan",
        "single-family",
        (electricity("RPH", 8_300, is_polled=True),),
        gap=Day(0, 9),
    ),
    Home("Paul Novak", "single-family", (electricity("", 7_000),), moves_in=Day(0, 10)),
    Home(
        "Lena Marsh",
        "multi-family",
        (electricity("RSE", 6_300), water("RW", 88)),
        login=logins.LANDLORD,
        unpaid=1,
    ),
    Home(
        "Lena Marsh",
        "single-family",
        (electricity("RSD", 5_200),),
        login=logins.LANDLORD,
        is_far=True,
        moves_in=Day(7, 6),
    ),
    Home(
        "Marisol Vega",
        "single-family",
        (electricity("RSD", 6_400), water("RW", 117)),
        login=logins.SPANISH_HOME,
        language="es",
    ),
    Home(
        "Walter Finch",
        "single-family",
        (electricity("RWS", 7_900),),
        gap=Day(1, 22),
        gap_days=5,
    ),
)

GIVEN = (
    "Ada Ben Cora Dan Edith Frank Gail Hugo Iris Jack "
    "Kate Liam Mona Ned Olga Pete Rosa Seth Tess Vera"
).split()
FAMILY = (
    "Abbott Barrow Chavez Dorsey Ellis Farrow Grant Hale Ibarra Jensen "
    "Keane Lowell Mercer Nash Ortiz Pryor Quinn Rourke Stone Tully"
).split()
STREETS = ("Mill Lane", "Orchard Road", "Depot Street", "Prairie Avenue", "Willow Court")


def homes(count: int, *, seed: int) -> list[Home]:
    """Return so many homes: the cast first, then neighbours drawn from the seed."""
    random = np.random.default_rng((seed, 4))
    told = [*CAST[:count], *_neighbours(max(0, count - len(CAST)), random)]
    return [_addressed(home, place) for place, home in enumerate(told)]


def _neighbours(count: int, random: np.random.Generator) -> Iterator[Home]:
    polled = sum(supply.is_polled for home in CAST for supply in home.supplies)
    for number in range(count):
        plan = ("RSD", "RWS", "RPH", "RSE")[number % 4]
        supply = electricity(plan, _drawn(random, 8_200, 1_600), is_polled=number < POLLED - polled)
        supplies = (supply, water("RW", _drawn(random, 110, 25))) if number % 2 else (supply,)
        yield Home(
            name=f"{GIVEN[number % 20]} {FAMILY[(number * 7 + number // 20) % 20]}",
            category="multi-family" if plan == "RSE" else "single-family",
            supplies=supplies,
            is_far=number % 9 == 8 and not supply.is_polled,
            moves_in=Day(8, 17) if number == 5 else None,
            unpaid=1 if number % 11 == 7 else 0,
        )


def _drawn(random: np.random.Generator, mean: int, deviation: int) -> int:
    return int(max(mean // 3, random.normal(mean, deviation)))


def _addressed(home: Home, place: int) -> Home:
    return replace(home, street=f"{12 + 3 * place} {STREETS[place % len(STREETS)]}")


@dataclass(frozen=True, slots=True)
class PlanStory:
    """A plan that customers of the story have: what it is called, whom it serves, its tariff."""

    code: str
    name: str
    commodity: str
    tariff: str
    categories: tuple[str, ...]
    has_fees: bool = False  # the administrative fee and the document processing
    frequency: str = "monthly"


SINGLE, MULTI = ("single-family",), ("multi-family",)
PLANS: tuple[PlanStory, ...] = (
    PlanStory(
        "RSD",
        "Residential Standard",
        "electricity",
        "standard-residential-electricity",
        SINGLE,
        has_fees=True,
    ),
    PlanStory(
        "RWS",
        "Residential Winter Saver",
        "electricity",
        "winter-discount",
        SINGLE,
        has_fees=True,
    ),
    PlanStory(
        "RPH", "Residential Peak Hour", "electricity", "peak-hour-rate", SINGLE, has_fees=True
    ),
    PlanStory(
        "RSE",
        "Residential Seasonal Electricity",
        "electricity",
        "seasonal-residential-electricity",
        MULTI,
        has_fees=True,
    ),
    PlanStory(
        "SBE",
        "Small Business Electricity",
        "electricity",
        "peak-hour-rate",
        ("small-business", "light-industry"),
    ),
    PlanStory("RW", "Residential Water", "water", "residential-water", SINGLE + MULTI),
    PlanStory(
        "CWP",
        "Commercial Water Plan",
        "water",
        "commercial-water-basic",
        ("small-business", "office"),
        frequency="quarterly",
    ),
    PlanStory("IGS", "Industrial Gas Supply", "gas", "industrial-gas", ("light-industry",)),
)
FEES = (
    {"code": "administration", "name": "Administrative fee", "kind": "fixed", "price": "5.99"},
    {"code": "documents", "name": "Document processing", "kind": "fixed", "price": "2.50"},
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A version that held before the one of the file, for some months of its own."""

    months: int
    prices: tuple[tuple[str, str], ...]  # what stands in the file now, and what stood then
    summary: str  # of what the version after it changed


EARLIER: dict[str, tuple[Earlier, ...]] = {
    "industrial-gas": (Earlier(12, (("240.00", "220.00"),), "Gas supply from 220.00 to 240.00"),),
    "peak-hour-rate": (Earlier(12, (("0.18", "0.17"),), "Peak from 0.17 to 0.18"),),
    "winter-discount": (
        Earlier(6, (('"25"', '"15"'),), "Winter discount from 15 % to 20 %"),
        Earlier(6, (('"25"', '"20"'),), "Winter discount from 20 % to 25 %"),
    ),
}
