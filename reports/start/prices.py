"""What a unit costs today: the plan of each service and the price bands of the day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Commodity, CustomerAccount
from core import formats
from core.periods import Period, local_date, local_day
from statements.models import PlanAssignment
from statements.presentation.labels import unit_words
from statements.problems import Problem
from statements.rating.book import PricedTime
from statements.rating.open_book import open_book
from tariffs import engine, names
from tariffs.engine.quantities.slots import slot_rows
from tariffs.engine.shape import EnergyCharge, PriceRow

MINUTE = 60


@dataclass(frozen=True)
class Stretch:
    """A part of today with one price."""

    starts_at: datetime
    ends_at: datetime
    band: str  # its name, or empty where the price is the same all day
    price: str
    is_now: bool


@dataclass(frozen=True)
class ServicePlan:
    """The plan of one service; no stretches where nothing is priced by use."""

    service: str
    plan: str
    zone: ZoneInfo
    stretches: Sequence[Stretch]
    has_more: bool = False  # the plan adds prices per unit of its own

    @property
    def now(self) -> Stretch | None:
        return next((each for each in self.stretches if each.is_now), None)

    @property
    def has_bands(self) -> bool:
        return len(self.stretches) > 1


def plans_today(account: CustomerAccount, *, now: datetime) -> list[ServicePlan]:
    """Return the plan of each service that the account has now; two queries, or three."""
    live = Q(starts_at__lte=now) & (Q(ends_at__isnull=True) | Q(ends_at__gt=now))
    served = Q(agreement__starts_at__lte=now) & (
        Q(agreement__ends_at__isnull=True) | Q(agreement__ends_at__gt=now)
    )
    found = PlanAssignment.objects.filter(live, served, agreement__account=account)
    related = found.select_related("agreement__usage_point__location", "plan_version__plan")
    return [_plan(row, now) for row in related.order_by("agreement__starts_at", "pk")]


def _plan(row: PlanAssignment, now: datetime) -> ServicePlan:
    point = row.agreement.usage_point
    zone = point.location.zone
    priced = list(_priced_by_use(row.plan_version_id, point.commodity, zone, now))
    shown = _first_of_each_time(priced)
    return ServicePlan(
        service=str(Commodity(point.commodity).label),
        plan=row.plan_version.plan.name,
        zone=zone,
        stretches=[each for pair in shown for each in _of_charge(*pair, zone, now)],
        has_more=len(shown) < len(priced),
    )


def _priced_by_use(
    plan_version: int, commodity: str, zone: ZoneInfo, now: datetime
) -> Iterator[tuple[EnergyCharge, PricedTime]]:
    """Yield what is charged per unit today; the tariff of the service before the plan's own."""
    today = local_day(local_date(now, zone), zone)
    try:
        times = open_book(today).times(plan_version, today, zone, commodity=commodity)
    except Problem:
        return
    for time in times:
        for charge in time.tariff.charges:
            if isinstance(charge, EnergyCharge) and charge.source == "import":
                yield charge, time


def _first_of_each_time(
    priced: Sequence[tuple[EnergyCharge, PricedTime]],
) -> list[tuple[EnergyCharge, PricedTime]]:
    """Return the charges that give the price of the day; those beside them are told in words."""
    found: list[tuple[EnergyCharge, PricedTime]] = []
    for charge, time in priced:
        if not any(time.period.overlap(other.period) for _, other in found):
            found.append((charge, time))
    return found


def _of_charge(
    charge: EnergyCharge, time: PricedTime, zone: ZoneInfo, now: datetime
) -> Iterator[Stretch]:
    starts_at, minutes = time.period.starts_at, time.period.seconds // MINUTE
    try:
        rows = slot_rows(charge, time.tariff, zone, starts_at, MINUTE, minutes)
    except engine.UsageError:
        return
    edges = [*rows.run_starts.tolist(), minutes]
    for (first, last), row in zip(pairwise(edges), rows.run_rows.tolist(), strict=True):
        part = Period(_at(starts_at, first), _at(starts_at, last))
        priced = charge.rows[row] if row >= 0 else None
        name = names.told(priced.band or priced.season) if priced else ""
        price = _price(charge, priced, time.tariff.currency) if priced else _("free")
        yield Stretch(part.starts_at, part.ends_at, name, price, now in part)


def _at(starts_at: datetime, minutes: int) -> datetime:
    return starts_at + timedelta(minutes=minutes)


def _price(charge: EnergyCharge, row: PriceRow, currency: str) -> str:
    """Return "$0.12 per kWh", or from the least to the most where it depends on the use."""
    tables = [table.rows for _, table in charge.tables] or [(row,)]
    prices = sorted({slab.price for rows in tables for each in rows for slab in each.slabs})
    least, most = (formats.rate(price, currency) for price in (prices[0], prices[-1]))
    if len(prices) == 1:
        return f"{least} {unit_words(charge.unit)}"
    told = {"least": least, "most": most, "each": unit_words(charge.unit)}
    return _("%(least)s to %(most)s %(each)s, by how much you use") % told
