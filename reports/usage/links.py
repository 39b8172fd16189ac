"""Where one can go from a page of the explorer; every link carries the whole state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from core import formats
from core.periods import local_date
from reports.usage.asked import Against, By
from reports.usage.explorer import COMPARED, Page
from reports.usage.spans import Span, Step, beside


class Link(NamedTuple):
    """One choice; `key` keeps its identity when the page is swapped."""

    key: str
    word: str
    href: str
    is_current: bool


class Links(NamedTuple):
    """All choices of a page; groups with one choice are empty."""

    services: Sequence[Link]
    steps: Sequence[Link]
    by: Sequence[Link]
    against: Sequence[Link]
    back: str
    on: str
    file: str
    months: str  # amounts of the same year by month


def links(page: Page) -> Links:
    asked = page.asked
    back, on = _beside(page)
    in_months = asked.query(step=Step.MONTH, own=None, on=page.span.first if page.span else None)
    return Links(
        services=_several(
            Link(s.key, s.word, asked.query(service=s.key), s.key == asked.service)
            for s in page.services
        ),
        steps=_several(
            Link(step, _step_word(step), _query_of_step(page, step), step is asked.step)
            for step in page.steps
        ),
        by=_several(
            Link(by, word, asked.query(by=by), by is asked.by)
            for by, word in ((By.USE, _unit_word(page)), (By.MONEY, _("Money")))
        ),
        against=_several(
            Link(a or "off", _against_word(a), asked.query(against=a), a is asked.against)
            for a in (Against.OFF, *COMPARED[asked.step])
        ),
        back=back,
        on=on,
        file=asked.query(),
        months=in_months,
    )


def _several(found: Iterable[Link]) -> list[Link]:
    made = list(found)
    return made if len(made) > 1 else []


def _query_of_step(page: Page, step: Step) -> str:
    """Keep the day when the steps change: the last of the span that has begun."""
    on = min(page.span.last, page.today) if page.span else None
    return page.asked.query(step=step, own=None, on=on, against=Against.OFF)


def _beside(page: Page) -> tuple[str, str]:
    """Return the addresses of the spans before and after, empty where nothing can be there."""
    if not page.span or not page.service or page.asked.step is Step.YEAR:
        return "", ""
    since = local_date(page.service.starts_at, page.service.zone)
    first, last = beside(page.asked.step, page.span, is_own=bool(page.asked.own))
    back = _to(page, first, is_back=True) if first >= since else ""
    return back, _to(page, last, is_back=False) if last <= page.today else ""


def _to(page: Page, day: date, *, is_back: bool) -> str:
    own = page.asked.own
    if own is None:
        return page.asked.query(on=day)
    length = timedelta(days=own.days - 1)
    span = Span(day - length, day) if is_back else Span(day, day + length)
    return page.asked.query(own=span)


def _unit_word(page: Page) -> str:
    return formats.unit_name(page.service.unit) if page.service else ""


def _step_word(step: Step) -> str:
    words = {
        Step.HOUR: _("Hours"),
        Step.DAY: _("Days"),
        Step.WEEK: _("Weeks"),
        Step.MONTH: _("Months"),
        Step.PERIOD: _("Billing periods"),
        Step.YEAR: _("Years"),
    }
    return words[step]


def _against_word(against: Against) -> str:
    words = {
        Against.OFF: _("Nothing"),
        Against.BEFORE: _("The time before"),
        Against.YEAR: _("A year before"),
    }
    return words[against]
