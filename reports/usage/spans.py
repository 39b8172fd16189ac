"""The time that a page of the explorer shows, and the steps that it is cut into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from django.utils.translation import gettext as _

from core import formats
from core.periods import Period, local_date, local_days, midnight, next_month

HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)


class Step(StrEnum):
    """How long a bar is."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    PERIOD = "period"
    YEAR = "year"


LONGEST = {  # days of an own range
    Step.HOUR: 7,
    Step.DAY: 92,
    Step.WEEK: 371,
    Step.MONTH: 1830,
    Step.PERIOD: 1830,
    Step.YEAR: 1830,
}


@dataclass(frozen=True)
class Span:
    """Days that are shown together, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def period(self, zone: ZoneInfo) -> Period:
        return local_days(self.first, self.last, zone)


@dataclass(frozen=True)
class Bucket:
    """One bar's time; `key` is alike in the spans that it is compared with."""

    period: Period
    key: tuple[int, ...]
    label: str
    about: str
    note: str = ""


def usual_span(step: Step, on: date, *, since: date, until: date) -> Span:
    """Return what a page of this step shows around a day.

    :param since: first day of the service
    :param until: today
    """
    if step is Step.HOUR:
        return Span(on, on)
    if step is Step.DAY:
        return Span(on.replace(day=1), _before(next_month(on.year, on.month)))
    if step is Step.WEEK:
        return _quarter_of_weeks(on)
    if step is Step.YEAR:
        first = max(since.year, until.year - 4)
        return Span(date(first, 1, 1), date(max(until.year, first), 12, 31))
    return Span(date(on.year, 1, 1), date(on.year, 12, 31))


def beside(step: Step, span: Span, *, is_own: bool) -> tuple[date, date]:
    """Return a day of the span before and one of the span after."""
    if is_own or step not in (Step.WEEK, Step.MONTH, Step.PERIOD):
        return span.first - timedelta(days=1), span.last + timedelta(days=1)
    if step is Step.WEEK:
        return span.first - WEEK, span.last + timedelta(days=1)
    return _before(span.first), span.last + timedelta(days=1)


def before(span: Span, step: Step, *, is_own: bool) -> Span:
    """Return the span of the same kind that ends where this one begins."""
    if step is Step.DAY and not is_own:
        last = _before(span.first)
        return Span(last.replace(day=1), last)
    return Span(span.first - timedelta(days=span.days), _before(span.first))


def year_before(span: Span, step: Step) -> Span:
    """Return the same days a year before; weeks keep their weekdays."""
    if step is Step.WEEK:
        return Span(span.first - 52 * WEEK, span.last - 52 * WEEK)
    first, last = _year_earlier(span.first), _year_earlier(span.last)
    if span.first.day == 1 and _is_month_end(span.last):
        last = _before(next_month(last.year, last.month))  # all of February, leap year or not
    return Span(first, last)


def _is_month_end(day: date) -> bool:
    return next_month(day.year, day.month) == day + timedelta(days=1)


def name(step: Step, span: Span, *, is_own: bool) -> str:
    """Return what a span is called: a day, a month, a year, or its first and last day."""
    if step is Step.DAY and not is_own:
        return formats.month(span.first)
    if step in (Step.MONTH, Step.PERIOD) and not is_own:
        return str(span.first.year)
    return formats.days(span.first, span.last)


def buckets(step: Step, span: Span, zone: ZoneInfo) -> list[Bucket]:
    """Cut a span into hours, days, weeks, months or years of the place."""
    if step is Step.HOUR:
        return list(_hours(span, zone))
    if step is Step.DAY:
        return list(_days(span, zone))
    if step is Step.WEEK:
        return list(_weeks(span, zone))
    if step is Step.MONTH:
        return list(_months(span, zone))
    return list(_years(span, zone))


def billing_periods(periods: Iterable[Period], zone: ZoneInfo) -> list[Bucket]:
    """Return a bar for each billed period, in order of time."""
    return [
        Bucket(
            period,
            (n,),
            _short(local_date(period.starts_at, zone), "MMMd"),
            formats.period(period, zone),
        )
        for n, period in enumerate(sorted(set(periods)))
    ]


def clock_changes(bucket: Bucket, zone: ZoneInfo) -> bool:
    """Tell whether the local clock is moved within a bar's time."""
    start, end = (m.astimezone(zone) for m in (bucket.period.starts_at, bucket.period.ends_at))
    return start.utcoffset() != end.utcoffset()


def _hours(span: Span, zone: ZoneInfo) -> Iterator[Bucket]:
    period = span.period(zone)
    at = period.starts_at
    while at < period.ends_at:
        end = min(at + HOUR, period.ends_at)
        local = at.astimezone(zone)
        offset = (local.date() - span.first).days
        yield Bucket(
            Period(at, end),
            (offset, local.hour, local.minute, local.fold),
            _hour_label(local, is_alone=span.days == 1),
            _hour_name(at, end, zone, is_alone=span.days == 1),
        )
        at = end


def _hour_label(local: datetime, *, is_alone: bool) -> str:
    """Return the hour; of several days only the first hour of each is named, by its day."""
    if is_alone:
        return f"{local.hour:02d}"
    return "" if local.hour or local.minute else _short(local.date(), "MMMd")


def _hour_name(at: datetime, end: datetime, zone: ZoneInfo, *, is_alone: bool) -> str:
    """Return "1:00 AM – 2:00 AM", with the zone's short name where the clocks change that day."""
    local = at.astimezone(zone)
    day = local_days(local.date(), local.date(), zone)
    changes = day.seconds != 86400
    zoned = [
        f"{formats.time_of_day(m, zone)} {m.astimezone(zone).tzname()}" if changes
        else formats.time_of_day(m, zone)
        for m in (at, end)
    ]  # fmt: skip
    hours = f"{zoned[0]} – {zoned[1]}"
    return hours if is_alone else f"{formats.day(local.date())}, {hours}"


def _days(span: Span, zone: ZoneInfo) -> Iterator[Bucket]:
    whole_month = span.first.month == span.last.month
    for n in range(span.days):
        day = span.first + timedelta(days=n)
        period = local_days(day, day, zone)
        hours = period.seconds // 3600
        note = _("%(hours)s hours: the clocks change") % {"hours": formats.number(hours)}
        yield Bucket(
            period,
            (n,),
            formats.number(day.day) if whole_month else _short(day, "MMMd"),
            format_date(day, format="full", locale=formats.current_locale()),
            note if hours != 24 else "",
        )


def _weeks(span: Span, zone: ZoneInfo) -> Iterator[Bucket]:
    first, n = span.first, 0
    while first <= span.last:
        last = min(first + timedelta(days=6 - first.weekday()), span.last)
        about = formats.days(first, last)
        yield Bucket(local_days(first, last, zone), (n,), _short(first, "MMMd"), about)
        first, n = last + timedelta(days=1), n + 1


def _months(span: Span, zone: ZoneInfo) -> Iterator[Bucket]:
    first, n = span.first, 0
    while first <= span.last:
        end = _before(next_month(first.year, first.month))
        last = min(end, span.last)
        is_whole = first.day == 1 and last == end
        about = formats.month(first) if is_whole else formats.days(first, last)
        yield Bucket(local_days(first, last, zone), (n,), _short(first, "MMM"), about)
        first, n = last + timedelta(days=1), n + 1


def _years(span: Span, zone: ZoneInfo) -> Iterator[Bucket]:
    for n, year in enumerate(range(span.first.year, span.last.year + 1)):
        first = max(date(year, 1, 1), span.first)
        last = min(date(year, 12, 31), span.last)
        yield Bucket(local_days(first, last, zone), (n,), str(year), str(year))


def _quarter_of_weeks(on: date) -> Span:
    """Return the weeks, from Monday on, whose first day lies in the quarter of the day's week."""
    monday = on - timedelta(days=on.weekday())
    month = (monday.month - 1) // 3 * 3 + 1
    first = _monday_from(date(monday.year, month, 1))
    after = next_month(monday.year, month + 2)
    return Span(first, _before(_monday_from(after)))


def _monday_from(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def _year_earlier(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)


def _before(day: date) -> date:
    return day - timedelta(days=1)


def _short(day: date, skeleton: str) -> str:
    return str(format_skeleton(skeleton, day, locale=formats.current_locale()))


def hull(bounds: Sequence[Bucket]) -> Period:
    """Return the time from the first bar to the last."""
    starts = min(b.period.starts_at for b in bounds)
    return Period(starts, max(b.period.ends_at for b in bounds))


def utc_days_around(period: Period) -> Period:
    """Return the whole UTC days around a period: blocks are read by them."""
    utc = ZoneInfo("UTC")
    first = local_date(period.starts_at, utc)
    last = local_date(period.ends_at - timedelta(microseconds=1), utc)
    return Period(midnight(first, utc), midnight(last + timedelta(days=1), utc))
