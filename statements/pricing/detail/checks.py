"""Whether a version can be put into force: every rule that publishing asks, and its answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from core import formats
from core.tables import Tag
from statements.operations.notice_period import earliest_start, replaced
from statements.operations.publish import billed_until, plan_billed_until
from tariffs import engine, operations, plans, told_errors
from tariffs.engine.errors import TariffError
from tariffs.engine.examples import failure
from tariffs.models import PlanVersion, Tariff, TariffVersion
from tariffs.operations import eligibility, fitting
from tariffs.operations.publish import overlapping

RIGHT, LOOK, WRONG = "good", "wait", "warn"


@dataclass(frozen=True)
class Check:
    """One line of the list; what is wrong stops publishing, what needs a look does not."""

    kind: str  # RIGHT, LOOK or WRONG
    words: str

    @property
    def tag(self) -> Tag:
        said = {RIGHT: _("Right"), LOOK: _("Needs a look"), WRONG: _("Stops publishing")}
        return Tag(said[self.kind], self.kind)


def checks(version: TariffVersion | PlanVersion, today: date) -> list[Check]:
    """Return every check of a draft; the queries do not grow with what it says.

    :param today: the day where the utility is
    """
    of_kind = _tariff(version) if isinstance(version, TariffVersion) else _plan(version)
    return [*_summary(version), *of_kind, *_billed(version), *_days(version, today)]


def _summary(version: Any) -> Iterator[Check]:
    if not version.change_summary.strip():
        yield Check(WRONG, _("Nobody has said what changes."))


def _tariff(version: TariffVersion) -> Iterator[Check]:
    try:
        parsed = engine.parse(version.definition)
    except TariffError as error:
        yield Check(WRONG, _("It cannot be priced: %(why)s") % {"why": error})
        return
    yield Check(RIGHT, _("It can be priced."))
    yield from _examples(parsed)
    if version.tariff.role == Tariff.Role.OFFERED:
        yield from _overlap(version, parsed)


def _examples(parsed: engine.Tariff) -> Iterator[Check]:
    if not parsed.examples:
        yield Check(LOOK, _("It carries no worked example."))
    for example in parsed.examples:
        if said := failure(parsed, example):
            yield Check(WRONG, told_errors.failure(said))
        else:
            words = {"name": example.name or formats.day(example.first)}
            yield Check(RIGHT, _("The worked example comes out: %(name)s") % words)


def _overlap(version: TariffVersion, parsed: engine.Tariff) -> Iterator[Check]:
    try:
        said = overlapping(version, eligibility.keys(version, parsed))
    except TariffError as error:
        yield Check(WRONG, str(error))
        return
    if said:
        yield Check(WRONG, said)
    else:
        yield Check(RIGHT, _("No other tariff serves these customers on these days."))


def _plan(version: PlanVersion) -> Iterator[Check]:
    try:
        terms = plans.read(version.definition)
        for own in plans.own_tariffs(terms, fitting.totals_of(version)).values():
            engine.parse(own)
        fitting.refuse_misfits(version)
    except TariffError as error:
        yield Check(WRONG, _("It cannot be priced: %(why)s") % {"why": error})
    except operations.Misfit as error:
        yield Check(WRONG, str(error))
    else:
        yield Check(RIGHT, _("Its tariffs hold on its first day and serve its customers."))


def _billed(version: TariffVersion | PlanVersion) -> Iterator[Check]:
    """Say whether bills that were sent have passed the day on which the version before ends."""
    before = replaced(version)
    if before is None:
        return
    if isinstance(version, TariffVersion):
        billed = billed_until(version.tariff)
    else:
        billed = plan_billed_until(version.plan)
    if billed is not None and version.starts_on < billed:
        words = {"version": before, "day": formats.day(billed - timedelta(days=1))}
        yield Check(WRONG, _("%(version)s is already billed up to %(day)s.") % words)


def _days(version: TariffVersion | PlanVersion, today: date) -> Iterator[Check]:
    words: dict[str, Any] = {"day": formats.day(version.starts_on)}
    if version.starts_on < today:
        yield Check(LOOK, _("It begins on %(day)s, which has passed: it is back-dated.") % words)
    earliest = earliest_start(version, today)
    if earliest is None:
        return
    words |= {"days": settings.PRICE_NOTICE_DAYS, "earliest": formats.day(earliest)}
    if version.starts_on < earliest:
        said = _(
            "Customers must be told %(days)s days before: "
            "it may begin on %(earliest)s at the earliest."
        )
        yield Check(WRONG, said % words)
    else:
        said = _("Customers can be told %(days)s days before: the earliest start is %(earliest)s.")
        yield Check(RIGHT, said % words)
