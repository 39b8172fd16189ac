"""How the pages of plans and tariffs are used, by event, page, role and week; nobody is named."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from accounts.models import PageEvent
from accounts.staff import StaffRole
from core.periods import local_date
from reports import price_usage_words as words

MOST_SAID = 3  # values of a property that are shown, the most frequent ones
Event = PageEvent.Event
UNTOLD = {(Event.RATES_MODIFIED, "before"), (Event.RATES_MODIFIED, "after")}  # parts of definitions


@dataclass
class Tally:
    """How often something was, on how many person-days, for how long, and what was said of it."""

    word: str
    count: int = 0
    people: set[str] = field(default_factory=set)
    seconds: list[float] = field(default_factory=list)
    said: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def person_days(self) -> int:
        return len(self.people)

    @property
    def middle(self) -> int | None:
        """The median of the seconds."""
        return round(median(self.seconds)) if self.seconds else None

    @property
    def sections(self) -> list[tuple[str, int]]:
        """The sections that were opened most, in words."""
        found = self.said["sections"].most_common(2 * MOST_SAID)
        return [(words.section(key), count) for key, count in found]

    @property
    def most_said(self) -> list[tuple[str, list[tuple[str, int]]]]:
        """The most frequent values of each property, in words."""
        said = sorted((pair for pair in self.said.items() if pair[1]), key=lambda pair: pair[0])
        return [
            (
                words.name(key),
                [(words.value(key, each), n) for each, n in found.most_common(MOST_SAID)],
            )
            for key, found in said
        ]


@dataclass(frozen=True)
class Usage:
    """What the page shows."""

    events: Sequence[Tally]
    pages: Sequence[Tally]
    roles: Sequence[tuple[str, Tally]]
    weeks: Sequence[tuple[date, Tally]]


def used(*, since: datetime, zone: ZoneInfo) -> Usage:
    """Count the events from a moment on; one query."""
    events: dict[str, Tally] = {
        event: Tally(str(Event(event).label)) for event in Event if event != Event.PAGE_LEFT
    }
    pages: dict[str, Tally] = {}
    roles: dict[str, Tally] = {}
    weeks: dict[date, Tally] = {}
    rows = PageEvent.objects.filter(at__gte=since).order_by("pk")
    for row in rows.iterator(chunk_size=2000):
        if row.event == Event.PAGE_LEFT:
            page = str(row.properties.get("page", ""))
            _add(pages.setdefault(page, Tally(words.page(page))), row)
            continue
        day = local_date(row.at, zone)
        _add(events[row.event], row)
        _add(roles.setdefault(row.role, Tally(_roles(row.role))), row)
        _add(weeks.setdefault(day - timedelta(days=day.weekday()), Tally("")), row)
    return Usage(
        _often(events.values()),
        _often(pages.values()),
        sorted(roles.items()),
        sorted(weeks.items(), reverse=True),
    )


def _often(tallies: Iterable[Tally]) -> list[Tally]:
    return sorted((each for each in tallies if each.count), key=lambda each: -each.count)


def _add(tally: Tally, row: PageEvent) -> None:
    tally.count += 1
    tally.people.add(row.who)
    for name, value in row.properties.items():
        if name == "seconds" and isinstance(value, int | float):
            tally.seconds.append(value)
        elif name not in ("seconds", "page") and (row.event, name) not in UNTOLD:
            tally.said[name].update(_values(value))


def _values(value: object) -> Iterator[str]:
    for each in value if isinstance(value, list) else [value]:
        if each not in (None, ""):
            yield str(each)


def _roles(joined: str) -> str:
    known = {role.value: str(role.label) for role in StaffRole}
    return ", ".join(known.get(name, name) for name in joined.split("+"))
