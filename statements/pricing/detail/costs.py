"""What sample uses cost by two versions, in a month that shows how they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal

from core import formats
from core.charts import Chart
from core.money import to_minor
from statements.pricing.detail import charts
from tariffs import engine
from tariffs.authoring import PlanBill
from tariffs.authoring.curve import Compared, compared
from tariffs.authoring.sample import VOLUMES
from tariffs.authoring.sample_use import unit_of

NOTHING = "–"
SIGNED = "+#,##0.0;-#,##0.0"


@dataclass(frozen=True)
class Sample:
    """What a use costs by both versions."""

    use: str
    old_minor: int
    new_minor: int
    percent: str
    currency: str

    @property
    def difference(self) -> str:
        """Return the change with its sign."""
        return formats.money(self.new_minor - self.old_minor, self.currency, plus=True)


@dataclass(frozen=True)
class Costs:
    """The bills of some uses by both versions, as a picture and as a table."""

    begins: date  # in the month in which the later version begins
    month: date  # the first one after it in which they differ; the same where none does
    has_taxes: bool
    differ: bool
    chart: Chart
    samples: Sequence[Sample]


def costs(
    old: PlanBill, new: PlanBill, names: tuple[str, str], begins: date, zone: ZoneInfo
) -> Costs | None:
    """Compare what uses cost; None where one use in one currency does not tell it.

    :param begins: any day of the month in which the later version begins
    """
    if not old.tariffs or not new.tariffs:
        return None
    taxes = (old.taxes, new.taxes)
    drawn = partial(charts.compared_chart, old.tariffs, new.tariffs, names, zone=zone, taxes=taxes)
    chart = drawn(begins)
    if chart is None:  # no use of the first month can be priced
        return None
    month, found = _telling_month(old, new, begins, zone)
    if month != begins:
        chart = drawn(month) or chart
    return Costs(
        begins=begins,
        month=month,
        has_taxes=any(taxes),
        differ=_differ(found),
        chart=chart,
        samples=list(_samples(_telling(found), new)),
    )


def _telling_month(
    old: PlanBill, new: PlanBill, begins: date, zone: ZoneInfo
) -> tuple[date, list[Compared]]:
    """Return the first month in which the two differ, or the one they begin with."""
    found = _found(old, new, begins, zone)
    if _differ(found):
        return begins, found
    later = ((day, rows) for day, rows in _of_a_year(old, new, begins, zone) if _differ(rows))
    return next(later, (begins, found))


def _of_a_year(
    old: PlanBill, new: PlanBill, begins: date, zone: ZoneInfo
) -> Iterator[tuple[date, list[Compared]]]:
    """Yield the eleven months that follow one, for a price may hold in one season only."""
    for ahead in range(1, 12):
        year, month = divmod(begins.month - 1 + ahead, 12)
        day = date(begins.year + year, month + 1, 1)
        try:
            yield day, _found(old, new, day, zone)
        except engine.UsageError:
            return


def _found(old: PlanBill, new: PlanBill, day: date, zone: ZoneInfo) -> list[Compared]:
    """Return the usual volumes, and last one beyond all slabs."""
    top = max(charts.reach(old.tariffs), charts.reach(new.tariffs))
    uses = [*VOLUMES, *([top] if top > max(VOLUMES) else [])]
    return compared(old.tariffs, new.tariffs, day, zone, uses, taxes=(old.taxes, new.taxes))


def _differ(rows: Sequence[Compared]) -> bool:
    return any(row.difference for row in rows)


def _telling(rows: Sequence[Compared]) -> Sequence[Compared]:
    """Return the usual volumes; the one beyond them only where nothing else differs."""
    usual = rows[: len(VOLUMES)]
    return usual if _differ(usual) else rows


def _samples(rows: Sequence[Compared], new: PlanBill) -> Iterator[Sample]:
    unit, currency = formats.unit_name(unit_of(new.tariffs)), new.tariffs[0].currency
    for each in rows:
        yield Sample(
            f"{charts.number(each.use)} {unit}",
            to_minor(each.old, currency),
            to_minor(each.new, currency),
            _percent(each),
            currency,
        )


def _percent(row: Compared) -> str:
    if not row.percent:
        return NOTHING
    locale = formats.current_locale()
    return f"{format_decimal(row.percent, format=SIGNED, locale=locale)} %"
