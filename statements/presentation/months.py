"""Thirteen months of use on a bill, each beside the same month of the year before."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from babel.numbers import format_percent
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import charts, formats
from core.periods import local_date
from statements.models import Statement, StatementLine
from statements.presentation.billed_use import BilledUse, dated_use

MONTHS = 13
TWO_YEARS = timedelta(days=2 * 366 + 2)
Month = tuple[int, int]


def use_by_month(statement: Statement) -> dict[str, charts.Chart]:
    """Return a chart for each service that earlier bills have too, by commodity; one query."""
    uses: dict[str, dict[Month, BilledUse]] = defaultdict(dict)
    for (_pk, starts_at, zone), each in dated_use(_lines(statement)).items():
        month = _month(starts_at, zone)
        for use in each:
            uses[use.commodity][month] = _together(uses[use.commodity].get(month), use)
    this = _month(statement.starts_at, statement.zone_name)
    return {
        commodity: _chart(commodity, by_month, this)
        for commodity, by_month in uses.items()
        if this in by_month and any(month in by_month for month in _before(this))
    }


def _lines(statement: Statement) -> QuerySet[StatementLine]:
    """Return the lines of this bill, and of those of two years before it that still count."""
    counting = Q(
        statement__state=Statement.State.ISSUED,
        statement__ends_at__lte=statement.starts_at,
        statement__starts_at__gte=statement.starts_at - TWO_YEARS,
    )
    own = Q(statement=statement)
    return StatementLine.objects.filter(own | counting, statement__account=statement.account_id)


def _month(starts_at: datetime, zone_name: str) -> Month:
    first = local_date(starts_at, ZoneInfo(zone_name))
    return first.year, first.month


def _before(this: Month) -> list[Month]:
    """Return the twelve months before one, the newest first."""
    year, month = this
    places = [year * 12 + month - 1 - back for back in range(1, MONTHS)]
    return [(place // 12, place % 12 + 1) for place in places]


def _together(known: BilledUse | None, more: BilledUse) -> BilledUse:
    if known is None or known.unit != more.unit:
        return more
    return BilledUse(more.commodity, known.units + more.units, more.unit, more.scale)


def _chart(commodity: str, by_month: dict[Month, BilledUse], this: Month) -> charts.Chart:
    use = by_month[this]
    shown = [*reversed(_before(this)), this]
    first = next(place for place, month in enumerate(shown) if month in by_month)
    return charts.bars(
        [_bar(month, by_month) for month in shown[min(first, MONTHS - 2) :]],
        key=f"months-{commodity}",
        finding=_finding(by_month, this),
        unit=formats.unit_name(use.unit),
        scale=use.scale,
        against=gettext_lazy("The year before") if _has_years(by_month, shown) else "",
        height=170,
    )


def _bar(month: Month, by_month: dict[Month, BilledUse]) -> charts.Bar:
    day = date(*month, 1)
    use, before = by_month.get(month), by_month.get((month[0] - 1, month[1]))
    return charts.Bar(
        formats.month_short(day),
        (use.units if use else 0,),
        mark=charts.Mark.NONE if use else charts.Mark.MISSING,
        about=formats.month(day),
        against=before.units if before else None,
    )


def _has_years(by_month: dict[Month, BilledUse], shown: list[Month]) -> bool:
    return any((year - 1, month) in by_month for year, month in shown if (year, month) in by_month)


def _finding(by_month: dict[Month, BilledUse], this: Month) -> str:
    """Say how this month compares with the same one of the year before, or with the last."""
    other = (this[0] - 1, this[1])
    if other not in by_month:
        other = next(month for month in _before(this) if month in by_month)
    now, then = by_month[this], by_month[other]
    words = {"used": now.words, "month": formats.month(date(*other, 1)), "share": ""}
    if not then.units or now.units == then.units:
        return _("You used %(used)s; in %(month)s it was %(before)s.") % {
            **words,
            "before": then.words,
        }
    words["share"] = _percent(abs(now.units - then.units), then.units)
    if now.units > then.units:
        return _("You used %(used)s, %(share)s more than in %(month)s.") % words
    return _("You used %(used)s, %(share)s less than in %(month)s.") % words


def _percent(part: int, whole: int) -> str:
    share = (Decimal(part) / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return str(format_percent(share, locale=formats.current_locale()))
