"""A small world that can be billed: homes with meters, prices and readings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import numpy as np

from accounts.models import CustomerAccount
from accounts.staff import StaffRole
from core.periods import Period, local_month
from meters.models import (
    Channel,
    CustomerAgreement,
    Meter,
    MeterInstallation,
    RegisterRead,
    ServiceLocation,
    UsagePoint,
)
from meters.readings import Quality, Slots, store_slots
from statements.models import BillingCycle, BillingRun, PlanAssignment, Statement
from statements.operations import work
from statements.operations.plan import plan
from tariffs import engine
from tariffs.models import Plan, PlanTariff, PlanVersion, Tariff, TariffVersion, TaxRule
from tests.accounts.factories import make_account, make_user, make_utility

ZONE = ZoneInfo("America/New_York")
LONG_AGO = datetime(2025, 1, 1, 5, tzinfo=UTC)
OCTOBER = local_month(2026, 10, ZONE)
NOVEMBER = local_month(2026, 11, ZONE)  # the clocks go back on its first day
IN_NOVEMBER = datetime(2026, 11, 5, 12, tzinfo=UTC)
IN_DECEMBER = datetime(2026, 12, 5, 12, tzinfo=UTC)
_serial = count(1)

FLAT = {
    "code": "home-flat",
    "name": "Home flat",
    "commodity": "electricity",
    "rate_type": "flat",
    "currency": "USD",
    "from": "2025-01-01",
    "zone": "America/New_York",
    "change_summary": "First prices",
    "charges": [
        {"code": "energy", "name": "Energy", "kind": "energy", "unit": "kWh", "price": "0.12345"},
        {"code": "standing", "name": "Standing charge", "kind": "fixed", "price": "9.30"},
    ],
}
SLABS = {
    **FLAT,
    "code": "home-slab",
    "name": "Home slabs",
    "rate_type": "slab",
    "charges": [
        {
            "code": "energy",
            "name": "Energy",
            "kind": "energy",
            "unit": "kWh",
            "slabs": [
                {"up_to": 100, "price": "0.05"},
                {"up_to": 500, "price": "0.08"},
                {"price": "0.12"},
            ],
        },
        {
            "code": "meter",
            "name": "Meter rent",
            "kind": "fixed",
            "price": "0.15",
            "basis": "day",
            "tax_class": "none",
        },
        {
            "code": "loyalty",
            "name": "Loyalty discount",
            "kind": "percent",
            "purpose": "discount",
            "percent": 5,
            "of": ["energy"],
        },
    ],
}
TIME = {
    **FLAT,
    "code": "home-time",
    "name": "Home time of use",
    "rate_type": "time_based",
    "seasons": {
        "summer": [{"first": "04-01", "last": "10-14"}],
        "winter": [{"first": "10-15", "last": "03-31"}],
    },
    "bands": {
        "peak": [{"days": "weekday", "from": "16:00", "to": "21:00"}],
        "off-peak": [
            {"days": "weekday", "from": "21:00", "to": "16:00"},
            {"days": ["weekend", "holiday"]},
        ],
    },
    "charges": [
        {
            "code": "energy",
            "name": "Energy",
            "kind": "energy",
            "unit": "kWh",
            "prices": [
                {"season": "summer", "band": "peak", "price": "0.31"},
                {"season": "summer", "band": "off-peak", "price": "0.11"},
                {"season": "winter", "band": "peak", "price": "0.28"},
                {"season": "winter", "band": "off-peak", "price": "0.09"},
            ],
        },
        {"code": "standing", "name": "Standing charge", "kind": "fixed", "price": "9.30"},
    ],
}
WATER = {
    **FLAT,
    "code": "home-water",
    "name": "Home water",
    "commodity": "water",
    "charges": [
        {"code": "water", "name": "Water", "kind": "energy", "unit": "m3", "price": "2.105"},
    ],
}


@dataclass
class Service:
    """One metered commodity of a home."""

    agreement: CustomerAgreement
    channel: Channel
    version: TariffVersion


def make_world(**fields):
    make_utility(
        **{
            "zone_name": ZONE.key,
            "phone": "+1 302 555 0100",
            "email": "help@riverside.example",
            "legal_name": "Riverside Utilities Inc.",
            "address": "1 Weir Street\nDover, DE 19901",
            "tax_number": "51-0000000",
            **fields,
        }
    )
    BillingCycle.objects.get_or_create(code="monthly", defaults={"name": "Monthly"})
    TaxRule.objects.get_or_create(
        code="sales-tax",
        starts_on=date(2025, 1, 1),
        defaults={"name": "Sales tax", "rate": "5.25"},
    )


def make_version(definition=FLAT) -> TariffVersion:
    tariff, _ = Tariff.objects.get_or_create(
        code=definition["code"],
        defaults={
            "name": _free_name(Tariff, definition["name"], definition["code"]),
            "commodity": definition["commodity"],
        },
    )
    version = tariff.versions.first()
    return version or TariffVersion.objects.create(
        tariff=tariff,
        number=1,
        state="published",
        rate_type=definition["rate_type"],
        starts_on=date.fromisoformat(definition["from"]),
        currency=definition["currency"],
        definition=definition,
        digest=engine.parse(definition).digest,
        change_summary=definition["change_summary"],
        published_at=LONG_AGO,
    )


def make_plan_version(version: TariffVersion) -> PlanVersion:
    plan_, _ = Plan.objects.get_or_create(
        code=version.tariff.code, defaults={"name": version.tariff.name}
    )
    found = plan_.versions.first()
    return found or bundle(plan_, [version.tariff])


def bundle(plan_: Plan, tariffs, *, starts_on=date(2025, 1, 1)) -> PlanVersion:
    """Publish a plan of tariffs without going through the operation."""
    made = PlanVersion.objects.create(plan=plan_, number=1, starts_on=starts_on)
    for tariff in tariffs:
        PlanTariff.objects.create(plan_version=made, tariff=tariff)
    PlanVersion.objects.filter(pk=made.pk).update(state="published", published_at=LONG_AGO)
    made.refresh_from_db()
    return made


def _free_name(model, name: str, code: str) -> str:
    return f"{name} ({code})" if model.objects.filter(name=name).exists() else name


def make_service(
    account: CustomerAccount,
    definition=FLAT,
    *,
    location: ServiceLocation | None = None,
    starts_at=LONG_AGO,
    ends_at=None,
    interval_s=3600,
) -> Service:
    n = next(_serial)
    version = make_version(definition)
    is_water = definition["commodity"] in ("water", "sewer", "gas")
    location = location or ServiceLocation.objects.create(
        code=f"L{n}", address_line=f"{n} Mill Lane", city="Dover", zone_name=ZONE.key
    )
    point = UsagePoint.objects.create(
        code=f"UP{n:05d}", location=location, commodity=definition["commodity"]
    )
    agreement = CustomerAgreement.objects.create(
        account=account, usage_point=point, starts_at=starts_at, ends_at=ends_at
    )
    meter = Meter.objects.create(serial=str(20_000_000 + n), maker="Eastron", model="SDM630")
    channel = Channel.objects.create(
        meter=meter, quantity="import", unit="l" if is_water else "Wh", interval_s=interval_s
    )
    MeterInstallation.objects.create(meter=meter, usage_point=point, starts_at=LONG_AGO)
    PlanAssignment.objects.create(
        agreement=agreement, plan_version=make_plan_version(version), starts_at=LONG_AGO
    )
    return Service(agreement, channel, version)


def make_home(definition=FLAT, *, account: CustomerAccount | None = None, **options) -> Service:
    account = account or make_account(number=f"77{next(_serial):08d}")
    return make_service(account, definition, **options)


def slots_of(period: Period, interval_s: int) -> int:
    return period.seconds // interval_s


def read_steadily(channel: Channel, period: Period, each: int = 500) -> int:
    """Give every slot of the period the same base units; return their sum."""
    slots = slots_of(period, channel.interval_s)
    return read_values(channel, period, np.full(slots, each, np.int64))


def read_values(channel: Channel, period: Period, values) -> int:
    store_slots(
        [Slots(channel.pk, period.starts_at, channel.interval_s, np.asarray(values, np.int64))],
        source="test",
        recorded_at=period.ends_at,
    )
    total = int(np.sum(values))
    opening = RegisterRead.objects.filter(channel=channel, read_at=period.starts_at).first()
    first = opening.value_base if opening else 1_250_000
    for read_at, value in ((period.starts_at, first), (period.ends_at, first + total)):
        RegisterRead.objects.get_or_create(
            channel=channel,
            read_at=read_at,
            defaults={"value_base": value, "reason": "period_end"},
        )
    return total


def estimate(channel: Channel, starts_at: datetime, hours: int, each: int = 500) -> None:
    """Put estimated slots where nothing was read yet."""
    values = np.full(hours * 3600 // channel.interval_s, each, np.int64)
    store_slots(
        [Slots(channel.pk, starts_at, channel.interval_s, values, Quality.ESTIMATED)],
        source="estimate",
        recorded_at=starts_at + timedelta(hours=hours),
    )


def run_month(month="2026-10", *, as_of=IN_NOVEMBER, started_by="system") -> BillingRun:
    """Calculate and issue a month, as far as it goes without a person."""
    run = plan(BillingCycle.objects.get(code="monthly"), month, as_of=as_of, started_by=started_by)
    while work.step(run):
        pass
    work.advance(run.pk)
    run.refresh_from_db()
    return run


def bill(service: Service, month="2026-10", *, as_of=IN_NOVEMBER) -> Statement:
    run_month(month, as_of=as_of)
    return Statement.objects.get(
        account=service.agreement.account, run__month=month, state=Statement.State.ISSUED
    )


def make_bill(definition=FLAT, *, period=OCTOBER, each=500, **options) -> Statement:
    """Return the issued bill of a new home that used the same in every hour of October."""
    service = make_home(definition, **options)
    read_steadily(service.channel, period, each)
    return bill(service)


def make_staff(*roles: str):
    """Return a member of staff with these roles."""
    user = make_user(roles=[StaffRole(role) for role in roles])
    if not roles:
        user.is_staff = True
        user.save()
    return user
