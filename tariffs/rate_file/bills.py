"""Prices one period after the other; what one leaves behind goes into the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from core.periods import Period
from tariffs import engine
from tariffs.engine.carry import carry
from tariffs.rate_file import needs, quantities
from tariffs.rate_file.account import Account
from tariffs.rate_file.cycle import Billed
from tariffs.rate_file.segments import segments
from tariffs.rate_file.usage import UsageFile
from tariffs.rate_file.versions import Family

Usages = dict[tuple[int, str], engine.Usage]


@dataclass(frozen=True)
class Bill:
    """One rated period."""

    period: Period
    zone: ZoneInfo
    rated: engine.Rated


@dataclass(frozen=True)
class Ready:
    """A period whose use is known to be whole, before anything is priced."""

    billed: Billed
    segments: list[engine.Segment]
    usage: Usages


def ready(
    families: Sequence[Family],
    use: UsageFile,
    account: Account,
    periods: Sequence[Billed],
    zone: ZoneInfo,
) -> list[Ready]:
    """Cut every period and find its use.

    :raises BadUsage: naming the row where the file does not cover a period
    """
    return [_ready(families, use, account, billed, zone) for billed in periods]


def price(made: Sequence[Ready], account: Account, currency: str) -> Iterator[Bill]:
    """Price the periods in order.

    :raises engine.UsageError: if the use does not fit a tariff
    """
    past: dict[str, engine.Past] = {}
    for one in made:
        past = {**dict.fromkeys((segment.key for segment in one.segments), account.past), **past}
        rated = engine.rate(one.segments, one.usage, [], currency=currency, n=1, past=past)
        yield Bill(one.billed.period, one.segments[0].zone, rated)
        past = carry(past, rated, one.usage)


def _ready(
    families: Sequence[Family], use: UsageFile, account: Account, billed: Billed, zone: ZoneInfo
) -> Ready:
    cut = [part for family in families for part in segments(family, billed, zone, account)]
    usage: Usages = {}
    for index, segment in enumerate(cut):
        for source in needs.sources(segment.tariff):
            usage[index, source] = quantities.usage(use, source, segment, billed.period)
        for name, held in account.attributes.items():
            usage[index, f"@{name}"] = engine.Totals(np.array([held.value], np.int64))
    return Ready(billed, cut, usage)
