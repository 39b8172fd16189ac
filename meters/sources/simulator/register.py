"""The counter of a simulated meter: its base plus all that passed since a moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from meters.sources.simulator.load import Load, day_values


class Register:
    """A counter in base units that moves at the end of each interval."""

    def __init__(self, load: Load, *, since: datetime, base: int = 0) -> None:
        """Start a counter.

        :param since: the moment, on a bound of the load's interval, at which it showed `base`
        """
        self.load = load
        self.since = since.astimezone(UTC)
        self._midnights: dict[date, int] = {}
        first = self.since.date()
        self._last = first
        self._midnights[first] = base - self._within(first, self.since)

    def at(self, moment: datetime) -> int:
        """Return what the counter shows: all intervals that have ended by then.

        :raises ValueError: before the counter was started
        """
        moment = moment.astimezone(UTC)
        if moment < self.since:
            raise ValueError(f"this register starts at {self.since}, not at {moment}")
        return self._midnight(moment.date()) + self._within(moment.date(), moment)

    def _midnight(self, day: date) -> int:
        while self._last < day:
            passed = int(day_values(self.load, self._last).sum())
            self._midnights[self._last + timedelta(days=1)] = self._midnights[self._last] + passed
            self._last += timedelta(days=1)
        return self._midnights[day]

    def _within(self, day: date, moment: datetime) -> int:
        start = datetime(day.year, day.month, day.day, tzinfo=UTC)
        ended = (moment - start) // timedelta(seconds=self.load.interval_s)
        return int(day_values(self.load, day)[:ended].sum())
