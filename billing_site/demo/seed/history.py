"""What the meters have read since the story began: packed days and register reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from accounts.models import User
from billing_site.demo.seed.devices import EXCHANGED, Hung, exchange, exchanged_at
from billing_site.demo.seed.times import Calendar
from core import bulk
from core.periods import Period, local_date, midnight, utc_days
from meters.models import RegisterRead
from meters.operations.accept import save_last_counters
from meters.readings import MISSING, Quality, store_days
from meters.sources import simulator
from meters.sources.modbus.registers import TO_BASE
from meters.vee.counters import Counter, spread

Values = NDArray[np.int64]
SOURCE = "history"
GAP = time(13), time(18)  # by the clock of the place
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Series:
    """What one meter read: its counter at every slot's bound; the slots are the differences."""

    hung: Hung
    period: Period
    counters: Values

    def at(self, moment: datetime) -> int:
        """Return what the counter showed at a bound of a slot."""
        return int(self.counters[self._slot(moment)])

    def values(self) -> Values:
        return np.diff(self.counters)

    def slots(self, part: Period) -> slice:
        return slice(self._slot(part.starts_at), self._slot(part.ends_at))

    def _slot(self, moment: datetime) -> int:
        return int((moment - self.period.starts_at).total_seconds()) // self.hung.load.interval_s


def write(
    hung: Sequence[Hung], *, calendar: Calendar, recorded_at: datetime, seed: int, actor: User
) -> None:
    """Store what the meters have read; one that is exchanged on the way gives way to another."""
    series = [_read(meter, calendar) for meter in hung]
    _keep(series, calendar, recorded_at)
    exchanged = []
    for one in series:
        if at := exchanged_at(one.hung, calendar):
            new = exchange(one.hung, at=at, closing=one.at(at), seed=seed, actor=actor)
            exchanged.append(_read(new, calendar))
    _keep(exchanged, calendar, recorded_at)


def _keep(series: Sequence[Series], calendar: Calendar, recorded_at: datetime) -> None:
    """Store the slots, the counters at local midnights, and where the next poll goes on."""
    by_interval: dict[int, list[Series]] = defaultdict(list)
    for one in series:
        by_interval[one.hung.load.interval_s].append(one)
    for interval_s, group in by_interval.items():
        _store(group, interval_s, calendar, recorded_at)
    bulk.write(
        RegisterRead,
        ["channel_id", "read_at", "value_base", "quality", "reason", "raw_id"],
        [row for one in series for row in _register_reads(one)],
    )
    save_last_counters(
        {one.hung.channel.pk: Counter(one.period.ends_at, int(one.counters[-1])) for one in series}
    )


def _read(hung: Hung, calendar: Calendar) -> Series:
    seeded = calendar.read_period(hung.supplied.zone, hung.load.interval_s)
    ends_at = exchanged_at(hung, calendar) if hung.load.key < EXCHANGED else None
    starts_at = hung.installation.starts_at
    period = Period(starts_at, min(ends_at or seeded.ends_at, seeded.ends_at))
    passed = simulator.values(hung.load, period)
    counters = hung.base + np.concatenate([[0], np.cumsum(passed)])
    return Series(hung, period, _as_shown(counters, hung))


def _as_shown(counters: Values, hung: Hung) -> Values:
    """Return the counters as the meter's registers show them: to their last digit."""
    if hung.register_map is None:
        return counters
    register = hung.register_map.registers["import"]
    unit = TO_BASE[register.unit]
    step = int((register.step or register.scale) * unit)
    if register.type == "float32":  # which has fewer digits than a full counter
        held = (counters / unit).astype(np.float32).astype(np.float64)
        return np.rint(held * unit / step).astype(np.int64) * step
    return counters // step * step


def _store(
    group: Sequence[Series], interval_s: int, calendar: Calendar, recorded_at: datetime
) -> None:
    channels, days, values, codes = [], [], [], []
    for one in group:
        for day, row, letters in _days(one, interval_s, calendar):
            channels.append(one.hung.channel.pk)
            days.append(day)
            values.append(row)
            codes.append(letters)
    store_days(
        channels, days, np.array(values), np.array(codes), source=SOURCE, recorded_at=recorded_at
    )


def _days(
    one: Series, interval_s: int, calendar: Calendar
) -> Iterator[tuple[date, Values, NDArray[np.uint8]]]:
    """Yield each UTC day with its slots; those outside of the series are missing."""
    days = list(utc_days(one.period))
    slots = DAY_S // interval_s
    first = datetime.combine(days[0], time(), UTC)
    start = int((one.period.starts_at - first).total_seconds()) // interval_s
    inside = slice(start, start + len(one.counters) - 1)
    values = np.full(len(days) * slots, MISSING, dtype=np.int64)
    codes = np.full(len(days) * slots, Quality.MISSING, dtype=np.uint8)
    values[inside], codes[inside] = one.values(), Quality.ACTUAL
    if gap := _gap(one, calendar):
        part = one.slots(gap)
        lost = slice(start + part.start, start + part.stop)
        values[lost] = spread(int(values[lost].sum()), part.stop - part.start)
        codes[lost] = Quality.ESTIMATED
    yield from zip(days, values.reshape(-1, slots), codes.reshape(-1, slots), strict=True)


def _gap(one: Series, calendar: Calendar) -> Period | None:
    supplied = one.hung.supplied
    if supplied.home.gap is None or supplied.supply.commodity != "electricity":
        return None
    day, days = calendar.day(supplied.home.gap), supplied.home.gap_days
    if days:
        return Period(midnight(day, supplied.zone), midnight(day + timedelta(days), supplied.zone))
    starts_at, ends_at = (datetime.combine(day, at, supplied.zone).astimezone(UTC) for at in GAP)
    return Period(starts_at, ends_at)


def _register_reads(one: Series) -> Iterator[tuple[int, datetime, int, str, str, None]]:
    """Yield the counter at each local midnight; installing has kept the first and the last."""
    zone, channel = one.hung.supplied.zone, one.hung.channel.pk
    for moment in _midnights(one.period, zone):
        reason = _reason(moment, zone)
        yield channel, moment, one.at(moment), RegisterRead.Quality.ACTUAL, reason, None


def _midnights(period: Period, zone: ZoneInfo) -> Iterator[datetime]:
    day = local_date(period.starts_at, zone) + timedelta(days=1)
    while (moment := midnight(day, zone)) <= period.ends_at:
        yield moment
        day += timedelta(days=1)


def _reason(moment: datetime, zone: ZoneInfo) -> str:
    is_first = local_date(moment, zone).day == 1
    return RegisterRead.Reason.PERIOD_END if is_first else RegisterRead.Reason.MIDNIGHT
