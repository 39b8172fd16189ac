"""What the running bill will probably come to: a range, priced by the engine that prices bills.

What is not measured yet is filled in twice, once as the quieter half of the last days was used
and once as the busier half; both are then priced like a bill.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from accounts.models import CustomerAccount
from accounts.queries import utility
from core.money import minor_digits
from core.periods import Period, local_date
from meters.queries import MeteredChannel, metered_agreements
from reports.daily import Slots, held_slots, read_slots
from statements.rating import beyond, price
from statements.rating.inputs import BillInput, ChannelUse, Payer
from statements.rating.load import load
from statements.rating.usage import Read
from tariffs.engine import UsageError

FEWEST_DAYS = 7
USUAL_DAYS = 28
DAY_S = 24 * 60 * 60
Values = NDArray[np.int64]


@dataclass(frozen=True)
class Projection:
    """From the least to the most that the running bill probably comes to; whole currency units."""

    low_minor: int
    high_minor: int
    currency: str
    period: Period
    zone: ZoneInfo
    days: int  # measured days that it is reckoned from


@dataclass(frozen=True)
class _Series:
    """What one channel measured before and in the period."""

    slots: Slots
    held: NDArray[np.bool_]
    offset: int  # the slot of the first column of `days`
    days: Values  # (days, slots of 24 hours), whole days only, the newest last

    def usual(self, *, busy: bool) -> Values:
        """Return the average day of the quieter or the busier half of the days."""
        ordered = self.days[np.argsort(self.days.sum(axis=1), kind="stable")]
        half = ordered[len(ordered) // 2 :] if busy else ordered[: (len(ordered) + 1) // 2]
        return (half.sum(axis=0) + len(half) // 2) // len(half)


def projected(account: CustomerAccount, *, now: datetime) -> Projection | None:
    """Return the range, or None: with too few days, and where a bill cannot be priced."""
    bill = _running(account, now)
    uses = [use for each in bill.agreements for use in each.channels] if bill else []
    if bill is None or not uses or any(use.interval_s == 0 for use in uses):
        return None
    series = _series(account, bill, now)
    days = min(len(series[use.channel_id].days) for use in uses)
    if days < FEWEST_DAYS:
        return None
    try:
        totals = sorted(_priced(bill, uses, series, busy=busy) for busy in (False, True))
    except UsageError:
        return None
    return _rounded(bill, totals, days)


def _running(account: CustomerAccount, now: datetime) -> BillInput | None:
    """Return what the bill of the running month is made of, as far as it is not billed yet."""
    today = local_date(now, utility().zone)
    payer = Payer(account.pk, account.currency, "en")
    bills, _ = beyond.complete(load([payer], f"{today:%Y-%m}").bills)
    return bills[0] if bills and now in bills[0].cycle else None


def _series(account: CustomerAccount, bill: BillInput, now: datetime) -> Mapping[int, _Series]:
    """Read the channels from four weeks before the period on, only while they measured for us."""
    since = bill.cycle.starts_at - timedelta(days=USUAL_DAYS)
    metered = metered_agreements([account.pk], Period(since, bill.cycle.ends_at))
    parts: dict[int, list[MeteredChannel]] = defaultdict(list)  # of agreements after each other
    for channel in (channel for each in metered for channel in each.channels):
        if not channel.is_register_only:
            parts[channel.channel_id].append(channel)
    slots = read_slots(channel for mine in parts.values() for channel in mine)
    return {key: _cut(mine, slots[key], bill.cycle.starts_at, now) for key, mine in parts.items()}


def _cut(parts: Sequence[MeteredChannel], slots: Slots, first: datetime, now: datetime) -> _Series:
    ours = np.zeros(len(slots.values), np.bool_)
    for part in parts:
        until = min(now, part.period.ends_at)
        ours[slots.place(part.period.starts_at) : slots.place(until)] = True
    held = held_slots(slots) & ours
    each = DAY_S // slots.interval_s
    offset = slots.place(first) % each
    values, whole = (_by_day(v, offset, each) for v in (slots.values, held))
    return _Series(slots, held, offset, values[whole.astype(bool).all(axis=1)][-USUAL_DAYS:])


def _by_day(values: NDArray[np.generic], offset: int, each: int) -> Values:
    rows = (len(values) - offset) // each
    return values[offset : offset + rows * each].reshape(rows, each).astype(np.int64)


def _priced(
    bill: BillInput, uses: Sequence[ChannelUse], series: Mapping[int, _Series], *, busy: bool
) -> int:
    found = {use: Read(_filled(use, series[use.channel_id], busy=busy), b"", 0) for use in uses}
    return price.price_alike([bill], found)[0].total_minor


def _filled(use: ChannelUse, series: _Series, *, busy: bool) -> Values:
    """Return the slots of a use, those that are not held as on a usual day."""
    usual = series.usual(busy=busy)
    slots = series.slots
    start, stop = slots.place(use.period.starts_at), slots.place(use.period.ends_at)
    times = (np.arange(start, stop) - series.offset) % len(usual)
    return np.where(series.held[start:stop], slots.values[start:stop], usual[times])


def _rounded(bill: BillInput, totals: Sequence[int], days: int) -> Projection:
    """Widen the range to whole currency units: cents would promise too much."""
    low, high = totals
    unit = 10 ** minor_digits(bill.currency)
    return Projection(
        low_minor=low // unit * unit,
        high_minor=-(-high // unit) * unit,
        currency=bill.currency,
        period=bill.cycle,
        zone=ZoneInfo(bill.zone_name),
        days=days,
    )
