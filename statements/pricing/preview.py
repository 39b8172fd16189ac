"""The first bill under a plan, as it would be for the last month that was measured."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from core.periods import Period, local_date
from meters.models import CustomerAgreement
from statements.models import StatementLine
from statements.presentation import labels
from statements.pricing.costing import Costing
from statements.pricing.reading import costing, months_before
from statements.problems import Problem
from statements.rating.lines import Line
from statements.rating.price import Bill
from tariffs.models import PlanVersion

LOOK_BACK = 12  # months in which a whole one is looked for


@dataclass(frozen=True)
class PreviewLine:
    """A line in the words of a bill."""

    name: str
    quantity: str
    rate: str
    amount_minor: int
    is_tax: bool
    agreement_id: int | None  # none: of the whole bill


@dataclass(frozen=True)
class Preview:
    """What a month would have come to under a plan."""

    version: PlanVersion
    month: Period  # whose readings were priced
    zone: ZoneInfo
    currency: str
    lines: tuple[PreviewLine, ...]
    net_minor: int
    tax_minor: int
    agreements: tuple[int, ...]  # that are on it: the one asked for, and those billed with it

    @property
    def first_day(self) -> date:
        return local_date(self.month.starts_at, self.zone)

    @property
    def total_minor(self) -> int:
        return self.net_minor + self.tax_minor


def preview(
    agreement: CustomerAgreement, plan_version: PlanVersion, starts_at: datetime
) -> Preview:
    """Return the bill of a month of real use at the prices of the day on which a plan begins.

    The month is the last whole one before that day whose readings are all there and valid, of
    the year before it.

    :raises Problem: `missing_reads` where there is no such month; others if it cannot be priced
    """
    related = CustomerAgreement.objects.select_related("account__customer", "usage_point__location")
    agreement = related.get(pk=agreement.pk)
    zone = agreement.usage_point.location.zone
    day = local_date(starts_at, zone)
    months = months_before(day, zone, count=LOOK_BACK)
    found = costing(agreement, months, [day], [plan_version.pk]).with_readings(plan_version.pk)
    if not found.months:
        raise Problem("missing_reads", f"agreement {agreement.pk} has no whole month of readings")
    return _preview(found, plan_version, found.last_bill(plan_version.pk))


def _preview(found: Costing, plan_version: PlanVersion, bill: Bill) -> Preview:
    return Preview(
        version=plan_version,
        month=found.months[-1],
        zone=found.zone,
        currency=bill.input.currency,
        lines=tuple(_line(line, bill.input.currency) for line in bill.lines),
        net_minor=bill.net_minor,
        tax_minor=bill.tax_minor,
        agreements=tuple(each.agreement_id for each in bill.input.agreements),
    )


def _line(line: Line, currency: str) -> PreviewLine:
    told = StatementLine(**{**vars(line), "params": json.loads(line.params)})
    return PreviewLine(
        name=labels.name(told),
        quantity=labels.quantity(told, currency),
        rate=labels.rate(told, currency),
        amount_minor=line.amount_minor,
        is_tax=line.kind == "tax",
        agreement_id=line.agreement_id,
    )
