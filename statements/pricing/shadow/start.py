"""Ask for a shadow run: who is compared and which months, fixed before the first is priced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import audit
from accounts.queries import utility
from core import bulk
from core.periods import Period, last_day, local_date, local_month, next_month
from statements.models import ShadowAccount, ShadowChunk, ShadowRun
from statements.operations.plan import CHUNK_SIZE, BadMonth, month_of
from statements.pricing.shadow.draft import Draft
from statements.pricing.shadow.population import Member, Population, members
from tariffs import engine, plans
from tariffs.models import TariffVersion

MONTHS = 12
MOST_MONTHS = 36
EVERYBODY = Population()


@transaction.atomic
def start(
    version: Draft,
    *,
    population: Population = EVERYBODY,
    first_month: str = "",
    last_month: str = "",
    requested_by: User | None,
    now: datetime,
) -> ShadowRun:
    """Plan a comparison of a version with the price book; workers do the rest.

    :param version: of a tariff or plan, usually a draft; of any state
    :param first_month: YYYY-MM; without it, twelve months are compared
    :param last_month: YYYY-MM, included; without it the last that has ended
    :raises BadMonth: if a month is malformed or has not ended, or they are none or too many
    :raises tariffs.engine.TariffError: if the version cannot price anything yet
    """
    _refuse_unpriceable(version)
    zone = utility().zone
    first, last = _bounds(first_month, last_month, now, zone)
    window = window_of(first, last, zone)
    found = members(population, version, window, last_day=last_day(window, zone))
    run = ShadowRun.objects.create(
        **_subject(version),
        digest=version.digest,
        population=population.as_json(),
        first_month=first,
        last_month=last,
        requested_by=requested_by,
        created_at=now,
        accounts=len(found),
    )
    _add_accounts(run, found)
    told = {"version": str(version), "digest": version.digest}
    audit("shadow.started", run, actor=requested_by, detail=told)
    return run


def _refuse_unpriceable(version: Draft) -> None:
    if isinstance(version, TariffVersion):
        engine.parse(version.definition)
        return
    for own in plans.own_tariffs(plans.read(version.definition)).values():
        engine.parse(own)


def _subject(version: Draft) -> dict[str, Draft]:
    return {"version" if isinstance(version, TariffVersion) else "plan_version": version}


def months_between(first: str, last: str) -> Iterator[str]:
    """Yield the months from the first to the last, both included, as YYYY-MM."""
    month = date(*month_of(first), 1)
    while _text(month) <= last:
        yield _text(month)
        month = next_month(month.year, month.month)


def window_of(first: str, last: str, zone: ZoneInfo) -> Period:
    """Return the time from the first to the last month."""
    starts_at = local_month(*month_of(first), zone).starts_at
    return Period(starts_at, local_month(*month_of(last), zone).ends_at)


def last_months(now: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """Return the first and the last of the twelve months that have ended, as YYYY-MM."""
    return _bounds("", "", now, zone)


def _bounds(first: str, last: str, now: datetime, zone: ZoneInfo) -> tuple[str, str]:
    ended = _before(local_date(now, zone), 1)
    last = last or _text(ended)
    first = first or _text(_before(date(*month_of(last), 1), MONTHS - 1))
    if date(*month_of(last), 1) > ended:
        raise BadMonth(_("%(month)s has not ended yet.") % {"month": last})
    if date(*month_of(first), 1) > date(*month_of(last), 1):
        raise BadMonth(_("The first month comes after the last."))
    if len(list(months_between(first, last))) > MOST_MONTHS:
        raise BadMonth(_("Choose at most %(count)s months.") % {"count": MOST_MONTHS})
    return first, last


def _before(day: date, months: int) -> date:
    """Return the first day of the month so many months before that of a day."""
    first = day.replace(day=1)
    for _month in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def _text(month: date) -> str:
    return f"{month:%Y-%m}"


def _add_accounts(run: ShadowRun, found: Sequence[Member]) -> None:
    chunks = ShadowChunk.objects.bulk_create(
        ShadowChunk(run=run, number=n, state="pending") for n in range(-(-len(found) // CHUNK_SIZE))
    )
    columns = (
        *("run_id", "account_id", "chunk_id", "category", "problem"),
        *("months", "months_missing", "use", "before_minor", "after_minor"),
    )
    rows = [
        (run.pk, member.account_id, chunks[i // CHUNK_SIZE].pk, member.category, "", 0, 0, 0, 0, 0)
        for i, member in enumerate(found)
    ]
    bulk.write(ShadowAccount, columns, rows)
