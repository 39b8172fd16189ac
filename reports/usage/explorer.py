"""One page of the explorer: the chart, what is said about it, and where one can go from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import CustomerAccount
from core.charts import Chart
from core.periods import local_date
from meters.readings.latest import data_until
from reports.usage import money, picture, words
from reports.usage.asked import Against, Asked, By
from reports.usage.bands import Bands
from reports.usage.figures import Figure
from reports.usage.services import Service, chosen_service, services_of
from reports.usage.spans import HOUR, Span, Step, before, name, usual_span, year_before
from reports.usage.work_out import BANDED, FINE, add_bands, add_money, figures_of

ENOUGH = 0.9  # of the bars must have a counterpart; February has one for 28 of 31 days
COMPARED = {
    **dict.fromkeys(FINE, (Against.BEFORE, Against.YEAR)),
    Step.MONTH: (Against.YEAR,),
    Step.PERIOD: (),
    Step.YEAR: (),
}


class State(StrEnum):
    """What a page can show."""

    NO_SERVICE = "no_service"
    WAITING = "waiting"  # no reading has come in yet
    NOT_PRICED = "not_priced"  # no tariff prices the use
    NOT_EXACT = "not_exact"  # no exact amounts for these steps
    SHOWN = "shown"


@dataclass
class Page:
    """Everything that the page and the file say."""

    account: CustomerAccount
    asked: Asked
    state: State
    today: date
    services: Sequence[Service] = ()
    service: Service | None = None
    span: Span | None = None
    span_name: str = ""
    figures: Sequence[Figure] = ()
    bands: Bands | None = None
    chart: Chart | None = None
    finding: str = ""
    sentences: Sequence[str] = ()
    data_until: datetime | None = None
    expected_on: date | None = None  # the first readings, while there are none
    was_corrected: bool = False
    steps: Sequence[Step] = field(default_factory=list)

    @property
    def is_money(self) -> bool:
        return self.asked.by is By.MONEY

    @property
    def is_fine(self) -> bool:
        return self.asked.step in FINE

    @property
    def billed_state(self) -> str:
        """Return "billed", "partly" or "provisional" for what is shown; empty without figures."""
        known = [figure for figure in self.figures if figure.is_known]
        if self.is_money and self.state is State.SHOWN:
            known = [figure for figure in known if figure.amount is not None]
        if not known:
            return ""
        if all(figure.is_billed for figure in known):
            return "billed"
        return "partly" if any(figure.billed for figure in known) else "provisional"


def explore(account: CustomerAccount, asked: Asked, *, now: datetime) -> Page:
    """Return the page that an address asks for; its number of queries is constant.

    :raises Http404: if the account has no service of this key
    """
    services = services_of(account, now=now)
    page = Page(account, asked, State.NO_SERVICE, now.date(), services)
    if not services:
        return page
    service = page.service = chosen_service(services, asked.service)
    page.today = local_date(now, service.zone)
    page.steps = _steps(service)
    page.asked = asked = _possible(asked, service, page.steps)
    page.data_until = data_until([(each.channel_id, each.interval_s) for each in service.hung])
    if page.data_until is None and not service.is_register_only:
        page.state = State.WAITING
        page.expected_on = local_date(service.starts_at, service.zone) + timedelta(days=1)
        return page
    page.span = _span(page, service)
    page.span_name = name(page.asked.step, page.span, is_own=bool(page.asked.own))
    return _filled(page, service, page.span, now)


def _steps(service: Service) -> list[Step]:
    if service.is_register_only:
        return [Step.PERIOD]
    return [step for step in Step if step is not Step.HOUR or service.longest_interval_s <= 3600]


def _possible(asked: Asked, service: Service, steps: Sequence[Step]) -> Asked:
    """Return what can be shown of what was asked for: a daily meter has no hours."""
    step = asked.step if asked.step in steps else steps[0]
    against = asked.against if asked.against in COMPARED[step] else Against.OFF
    return replace(asked, service=service.key, step=step, against=against)


def _span(page: Page, service: Service) -> Span:
    newest = page.data_until - HOUR if page.data_until else None
    on = page.asked.on or (local_date(newest, service.zone) if newest else page.today)
    since = local_date(service.starts_at, service.zone)
    return page.asked.own or usual_span(page.asked.step, on, since=since, until=page.today)


def _filled(page: Page, service: Service, span: Span, now: datetime) -> Page:
    """Read the span and what it is compared with, and draw it."""
    step = page.asked.step
    newest = page.data_until
    found, loaded = figures_of(service, page.asked, span, now=now, newest=newest)
    page.was_corrected = loaded.was_corrected
    sides = [(found, loaded)]
    if page.asked.against:
        before_it = _compared(page, span)
        sides.append(figures_of(service, page.asked, before_it, now=now, newest=newest))
    page.figures = found
    if page.is_money:
        try:
            for side in sides:
                add_money(service, step, *side)
        except money.NotExact:
            page.state = State.NOT_EXACT
            return page
        except money.NotPriced:
            page.state = State.NOT_PRICED
            return page
    elif step in BANDED and not service.is_register_only:
        page.bands = add_bands(service, found, loaded)
    page.state = State.SHOWN
    _draw(page, service, span, sides[1][0] if page.asked.against else ())
    return page


def _compared(page: Page, span: Span) -> Span:
    if page.asked.against is Against.YEAR:
        return year_before(span, page.asked.step)
    return before(span, page.asked.step, is_own=bool(page.asked.own))


def _draw(page: Page, service: Service, span: Span, others: Sequence[Figure]) -> None:
    """Make the chart and the sentences."""
    view = picture.Picture(page.account.currency, service, page.asked, page.bands)
    known = [figure for figure in page.figures if view.value(figure) is not None]
    page.finding = f"{_finding(page, view, known)} {_comparison(page, view, others)}".strip()
    said = [words.extremes(known, view.number, view.shown)]
    if page.bands:
        said.append(words.share_of_band(page.figures, page.bands.names))
    page.sentences = [sentence for sentence in said if sentence]
    other_name = ""
    if page.asked.against:
        other_name = name(page.asked.step, _compared(page, span), is_own=bool(page.asked.own))
    page.chart = view.chart(page.figures, others, page.finding, page.sentences, other_name)


def _finding(page: Page, view: picture.Picture, known: Sequence[Figure]) -> str:
    if not known:
        return _("%(span)s: no figures yet.") % {"span": capfirst(page.span_name)}
    return words.finding(
        page.span_name,
        view.shown(sum(view.number(figure) for figure in known)),
        is_export=view.service.is_export,
        is_money=page.is_money,
        is_so_far=any(figure.is_ahead or figure.pending for figure in page.figures),
    )


def _comparison(page: Page, view: picture.Picture, others: Sequence[Figure]) -> str:
    """Compare the bars that are whole on both sides; empty where too many have no counterpart."""
    whole = [
        (view.number(one), view.number(other))
        for one, other in picture.pairs(page.figures, others)
        if one.is_whole and other.is_whole
    ]
    if len(whole) < ENOUGH * sum(figure.is_whole for figure in page.figures):
        return ""
    now, then = (sum(pair[n] for pair in whole) for n in (0, 1))
    return words.comparison(now, then, page.asked.against)
