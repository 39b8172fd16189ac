"""How the pages of plans and tariffs are used, by event, page, role and week; nobody is named."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.models import PageEvent
from accounts.staff import StaffRole
from core.periods import local_date

MOST_SAID = 3  # values of a property that are shown, the most frequent ones
Event = PageEvent.Event
WORDS: Mapping[str, str | Promise] = {
    "statements:price_overview": gettext_lazy("Overview"),
    "statements:price_tariffs": gettext_lazy("List of tariffs"),
    "statements:price_plans": gettext_lazy("List of plans"),
    "statements:price_tariff": gettext_lazy("A tariff"),
    "statements:price_plan": gettext_lazy("A plan"),
    "statements:price_tariff_version": gettext_lazy("A version of a tariff"),
    "statements:price_plan_version": gettext_lazy("A version of a plan"),
    "statements:price_tariff_compare": gettext_lazy("Versions of a tariff compared"),
    "statements:price_plan_compare": gettext_lazy("Versions of a plan compared"),
    "statements:discounts": gettext_lazy("Discounts"),
    "statements:discount": gettext_lazy("A discount"),
    "statements:discount_new": gettext_lazy("A new discount"),
    "statements:shadow_run": gettext_lazy("Results of shadow billing"),
    "statements:price_tariffs_change": gettext_lazy("Change of several tariffs"),
    "statements:price_plans_change": gettext_lazy("Change of several plans"),
    "statements:price_tariffs_edit": gettext_lazy("Rates of several tariffs changed"),
    "statements:plan_assign": gettext_lazy("A plan given to customers"),
    "reports:price_usage": gettext_lazy("Use of the price pages"),
    "tariffs:edit": gettext_lazy("Beginning of a change of a tariff"),
    "tariffs:plan_new": gettext_lazy("Beginning of a new plan"),
    "tariffs:plan_edit": gettext_lazy("Beginning of a change of a plan"),
    "statements:shadow_runs": gettext_lazy("Shadow billing"),
    "statements:suggestions": gettext_lazy("Suggestions"),
    "tariffs:new": gettext_lazy("Beginning of a new tariff"),
    "tariffs:new_step": gettext_lazy("Steps of a new tariff"),
    "tariffs:edit_step": gettext_lazy("Steps of a change of a tariff"),
    "tariffs:plan_new_step": gettext_lazy("Steps of a new plan"),
    "tariffs:plan_edit_step": gettext_lazy("Steps of a change of a plan"),
    "tariffs:files": gettext_lazy("Files of the price book"),
    "tariffs:file": gettext_lazy("Preview of a file"),
}


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
        """The sections that were opened most."""
        return self.said["sections"].most_common(2 * MOST_SAID)

    @property
    def most_said(self) -> list[tuple[str, list[tuple[str, int]]]]:
        """The most frequent values of each property."""
        said = sorted((pair for pair in self.said.items() if pair[1]), key=lambda pair: pair[0])
        return [(name, found.most_common(MOST_SAID)) for name, found in said]


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
            _add(pages.setdefault(page, Tally(str(WORDS.get(page, page)))), row)
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
        elif name not in ("seconds", "page"):
            tally.said[name].update(_values(value))


def _values(value: object) -> Iterator[str]:
    for each in value if isinstance(value, list) else [value]:
        if each not in (None, ""):
            yield str(each)


def _roles(joined: str) -> str:
    known = {role.value: str(role.label) for role in StaffRole}
    return ", ".join(known.get(name, name) for name in joined.split("+"))
