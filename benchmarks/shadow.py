"""Shadow billing: a draft over twelve months of readings, against the engine alone."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.databases import analyse, migrated, require_postgresql
from benchmarks.measure import Cost, Record, costs, median_ratio, middle, record
from benchmarks.world import TARIFF, ZONE, World, add_reads, build, month_period
from meters.readings import fetch_matrix
from statements.models import ShadowRun
from statements.operations.plan import CHUNK_SIZE
from statements.pricing.shadow.compare import compare
from statements.pricing.shadow.population import Population
from statements.pricing.shadow.start import EVERYBODY, months_between, start
from statements.pricing.shadow.work import step
from statements.rating import price
from statements.rating.inputs import Payer
from statements.rating.load import load
from tariffs import engine
from tariffs.models import TariffVersion, TaxRule
from tariffs.queries import engine_tax

SIZES = {"small": 400, "full": 2_000}
MONTHS = tuple(months_between("2025-11", "2026-10"))
NOW = datetime(2026, 11, 5, tzinfo=UTC)
MANY = 100_000
STANDING = {"code": "standing", "name": "Standing charge", "kind": "fixed", "price": "7.50"}


def run(scale: str, repeat: int) -> list[Record]:
    """Compare a draft for the scale's number of accounts, and rate the same twice by hand.

    :raises NoPostgreSQL: if another database is configured
    """
    require_postgresql()
    logging.disable(logging.INFO)
    n = SIZES[scale]
    with migrated():
        world, draft = _ground(n)
        _work(_asked(draft))  # everything is imported and parsed now
        runs, product, floor = [], [], []
        for _ in range(repeat):
            asked = _asked(draft)
            product.append(_cost(_work, asked))
            floor.append(_cost(_rate_twice, world, draft))
            runs.append(ShadowRun.objects.get(pk=asked.pk))
        counts = _counts(world, draft, runs)
    return [*_speeds(product, floor, n, repeat), *_records(counts, n, repeat)]


def _ground(n: int) -> tuple[World, TariffVersion]:
    world = build(n, month=MONTHS[0])
    for seed, month in enumerate(MONTHS[1:], 8):
        add_reads(world.channels, month, interval_s=world.interval_s, seed=seed)
    now = TariffVersion.objects.select_related("tariff").get(tariff__code=TARIFF["code"])
    definition = {**now.definition, "charges": [TARIFF["charges"][0], STANDING]}
    draft = TariffVersion.objects.create(
        tariff=now.tariff,
        number=2,
        rate_type=now.rate_type,
        starts_on="2027-01-01",
        currency=now.currency,
        definition=definition,
        digest=engine.parse(definition).digest,
    )
    analyse()
    return world, draft


def _asked(draft: TariffVersion, population: Population = EVERYBODY) -> ShadowRun:
    return start(
        draft,
        population=population,
        first_month=MONTHS[0],
        last_month=MONTHS[-1],
        requested_by=None,
        now=NOW,
    )


def _work(asked: ShadowRun) -> None:
    while step(asked):
        pass


def _rate_twice(world: World, draft: TariffVersion) -> None:
    """Read every matrix once and rate it by both tariffs: the engine's own part of the work."""
    definitions = TariffVersion.objects.filter(tariff=draft.tariff).order_by("number")
    tariffs = [engine.parse(each.definition) for each in definitions]
    taxes = [engine_tax(rule) for rule in TaxRule.objects.all()]
    for keys in _chunks(world.channels):
        for month in MONTHS:
            period = month_period(month)
            values, _, _ = fetch_matrix(keys, period, world.interval_s)
            use = {(0, "import"): engine.Intervals(period.starts_at, world.interval_s, values)}
            for tariff in tariffs:
                segment = engine.Segment(tariff, period, period, ZoneInfo(ZONE))
                engine.rate([segment], use, taxes, currency="USD", n=len(keys))


def _chunks(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(keys), CHUNK_SIZE):
        yield keys[first : first + CHUNK_SIZE]


def _cost(work: Any, *arguments: Any) -> Cost:
    with costs() as cost:
        work(*arguments)
    return cost


def _counts(world: World, draft: TariffVersion, runs: Sequence[ShadowRun]) -> dict[str, int]:
    wanted = len(world.accounts) * len(MONTHS)
    few, many = (_trips(draft, size) for size in (50, 300))
    return {
        "left_out": sum(wanted - each.months_priced for each in runs),
        "not_the_same": len({each.result_digest for each in runs}) - 1,
        "off": _off(world, draft),
        "more_round_trips": many - few,
    }


def _off(world: World, draft: TariffVersion) -> int:
    """Return how many accounts of a chunk a billing run would charge another amount."""
    payers = [Payer(account, "USD", "en") for account in world.accounts[:CHUNK_SIZE]]
    bills, _ = price.price(load(payers, MONTHS[-1]).bills)
    billed = {(bill.account_id, bill.total_minor) for bill in bills}
    compared = compare(payers, MONTHS[-1], draft)
    return len(payers) - len(
        billed & {(each.account_id, each.before_minor) for each in compared.differences}
    )


def _trips(draft: TariffVersion, accounts: int) -> int:
    """Return the round trips of one chunk of so many accounts."""
    asked = _asked(draft, Population(sample=accounts))
    return _cost(step, asked).round_trips


def _speeds(
    product: Sequence[Cost], floor: Sequence[Cost], accounts: int, repeat: int
) -> list[Record]:
    n = accounts * len(MONTHS)
    common: dict[str, Any] = {"n": n, "repeat": repeat}
    own, engines = [c.cpu_us(n) for c in product], [c.cpu_us(n) for c in floor]
    shown = middle(product)
    return [
        record(
            "shadow.engine",
            unit="µs CPU/account-month",
            product=shown.cpu_us(n),
            floor=middle(floor).cpu_us(n),
            ratio=median_ratio(engines, own),
            goal=">= 0.35",
            cost=shown,
            **common,
        ),
        record(
            "shadow.hundred_thousand",
            unit="s wall",
            product=median(c.wall_s for c in product) / n * MANY,
            goal="<= 120",
            **common,
        ),
    ]


def _records(counts: dict[str, int], accounts: int, repeat: int) -> list[Record]:
    return [
        record(
            f"shadow.{name}",
            n=accounts,
            repeat=repeat,
            unit="count",
            product=count,
            goal="== 0",
            is_count=True,
        )
        for name, count in counts.items()
    ]
