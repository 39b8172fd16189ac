"""One local day of each register, interval by interval; 23 or 25 hours when the clocks change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core import formats
from core.charts import Bar, Chart, Mark, bars
from core.charts.shapes import EXPORT, USE
from core.periods import Period, utc_days
from meters.models import Channel, ReadingBlock
from meters.readings import Quality
from reports import daily
from reports.manage_readings.billed import Bill, Revisions, billing, bills_over, revisions_billed
from reports.manage_readings.parts import Part
from reports.manage_readings.revisions import Replaced, replaced
from reports.manage_readings.words import MARKS, TAGS, WORDS

DAY_HOURS = 24


@dataclass(frozen=True)
class Block:
    """What is stored of one UTC day of a register."""

    rev: int
    source: str
    recorded_at: datetime


@dataclass(frozen=True)
class Slot:
    """One interval; `units` are base units, None where nothing is held."""

    starts_at: datetime
    time: str
    units: int | None
    told: str
    code: int
    block: Block | None
    bill: Bill | None

    @property
    def quality(self) -> str | Promise:
        return WORDS[self.code]

    @property
    def tag(self) -> str:
        return TAGS.get(self.code, "")


@dataclass(frozen=True)
class CountedBy:
    """A bill that counts a part of the day, and whether the readings changed since."""

    bill: Bill
    billed_revs: Sequence[int]
    is_changed: bool


@dataclass(frozen=True)
class Doubt:
    """How many intervals of a day have a quality that wants a look."""

    word: str | Promise
    tag: str
    count: int


@dataclass(frozen=True)
class RegisterDay:
    """One register on one day."""

    part: Part
    slots: Sequence[Slot]
    units: int
    doubts: Sequence[Doubt]
    bills: Sequence[CountedBy]
    replaced: Sequence[Replaced]
    chart: Chart | None

    @property
    def total(self) -> str:
        return self.part.told(self.units)


@dataclass(frozen=True)
class Day:
    """All registers on one local day."""

    day: date
    hours: int
    registers: Sequence[RegisterDay]
    register_only: Sequence[Part]

    @property
    def changes_clock(self) -> bool:
        return self.hours != DAY_HOURS


def read_day(parts: Sequence[Part], day: date, period: Period) -> Day:
    """Return a day of registers.

    Five queries, and one for each length of interval.
    """
    counted = [part for part in parts if not part.channel.is_register_only]
    slots = daily.read_slots(part.channel for part in counted)
    keys = [part.channel.channel_id for part in counted]
    days = list(utc_days(period))
    blocks = _blocks(keys, days)
    bills = bills_over({part.point.pk for part in parts}, period)
    billed = revisions_billed(bills) if bills else {}
    old = replaced(counted, days)
    return Day(
        day=day,
        hours=period.seconds // 3600,
        registers=[
            _register(part, slots[part.channel.channel_id], blocks, bills, billed, old)
            for part in counted
        ],
        register_only=[part for part in parts if part.channel.is_register_only],
    )


def _blocks(keys: Sequence[int], days: Sequence[date]) -> dict[tuple[int, date], Block]:
    found = ReadingBlock.objects.filter(channel__in=keys, day__in=days)
    rows = found.values_list("channel_id", "day", "rev", "source", "recorded_at")
    return {(key, day): Block(rev, source, at) for key, day, rev, source, at in rows}


def _register(
    part: Part,
    slots: daily.Slots,
    blocks: Mapping[tuple[int, date], Block],
    bills: Sequence[Bill],
    billed: Revisions,
    old: Mapping[int, Sequence[Replaced]],
) -> RegisterDay:
    mine = billing(bills, part.point.pk, part.channel.period)
    shown = list(_slots(part, slots, blocks, mine))
    return RegisterDay(
        part=part,
        slots=shown,
        units=sum(slot.units or 0 for slot in shown),
        doubts=_doubts(shown),
        bills=[_counted_by(bill, part, blocks, billed) for bill in mine],
        replaced=old.get(part.channel.channel_id, ()),
        chart=_chart(part, shown) if shown else None,
    )


def _doubts(slots: Sequence[Slot]) -> list[Doubt]:
    counted = Counter(slot.code for slot in slots)
    return [Doubt(WORDS[code], TAGS[code], counted[code]) for code in TAGS if counted[code]]


def _slots(
    part: Part,
    slots: daily.Slots,
    blocks: Mapping[tuple[int, date], Block],
    bills: Sequence[Bill],
) -> Iterator[Slot]:
    channel = part.channel
    held = daily.held_slots(slots)
    first, last = slots.place(channel.period.starts_at), slots.place(channel.period.ends_at)
    ambiguous = len({_offset(at, part.zone) for at in (channel.period.starts_at, _end(part))}) > 1
    for place in range(first, last):
        at = slots.starts_at + timedelta(seconds=slots.interval_s * place)
        units = int(slots.values[place]) if held[place] else None
        yield Slot(
            starts_at=at,
            time=clock(at, part.zone, with_zone=ambiguous),
            units=units,
            told=part.told(units) if units is not None else "",
            code=int(slots.codes[place]) if units is not None else _unheld(slots, place),
            block=blocks.get((channel.channel_id, at.date())),
            bill=next((bill for bill in bills if at in bill.period), None),
        )


def _unheld(slots: daily.Slots, place: int) -> int:
    code = int(slots.codes[place])
    return code if code == Quality.SUSPECT else int(Quality.MISSING)


def _end(part: Part) -> datetime:
    return part.channel.period.ends_at - timedelta(seconds=1)


def _offset(at: datetime, zone: ZoneInfo) -> timedelta | None:
    return at.astimezone(zone).utcoffset()


def clock(at: datetime, zone: ZoneInfo, *, with_zone: bool) -> str:
    """Return the time of day, with the short name of the zone on a day when the clocks change."""
    shown = formats.time_of_day(at, zone)
    return f"{shown} {at.astimezone(zone).tzname()}" if with_zone else shown


def _counted_by(
    bill: Bill, part: Part, blocks: Mapping[tuple[int, date], Block], billed: Revisions
) -> CountedBy:
    channel = part.channel
    shared = channel.period.overlap(bill.period)
    pairs = [
        (billed[bill.statement_id, channel.channel_id, day], blocks.get((channel.channel_id, day)))
        for day in (utc_days(shared) if shared else ())
        if (bill.statement_id, channel.channel_id, day) in billed
    ]
    return CountedBy(
        bill=bill,
        billed_revs=sorted({rev for rev, _block in pairs}),
        is_changed=any(rev != (block.rev if block else 0) for rev, block in pairs),
    )


def _chart(part: Part, slots: Sequence[Slot]) -> Chart:
    total = part.told(sum(slot.units or 0 for slot in slots))
    finding = _("%(register)s: %(total)s in %(count)s intervals") % {
        "register": part.word,
        "total": total,
        "count": formats.number(len(slots)),
    }
    rows = [
        Bar(slot.time, (slot.units or 0,), MARKS.get(slot.code, Mark.NONE), slot.time)
        for slot in slots
    ]
    series = EXPORT if part.channel.quantity == Channel.Quantity.EXPORT else USE
    key = f"day-{part.channel.channel_id}"
    return bars(rows, [series], key=key, finding=finding, unit=part.unit, scale=part.scale)
