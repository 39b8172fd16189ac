"""A utility of any size in one go, from a seed: ground for benchmarks, fault runs and tests."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.db import transaction
from django.db.models import Model

from accounts.models import ConsumerCategory, Customer, CustomerAccount, Utility
from core import bulk
from core.folding import folded
from core.periods import Period, local_month, utc_days
from meters.models import (
    Channel,
    CustomerAgreement,
    Meter,
    MeterInstallation,
    ServiceLocation,
    UsagePoint,
)
from meters.readings import store_days
from statements.models import BillingCycle, PlanAssignment
from tariffs.models import TaxRule
from tariffs.operations import import_plan, import_tariff, publish, publish_plan

ZONE = "America/New_York"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FIRST_DAY = date(2020, 1, 1)
PLAN: dict[str, Any] = {
    "code": "home",
    "name": "Home",
    "currency": "USD",
    "from": FIRST_DAY.isoformat(),
    "services": [{"commodity": "electricity", "tariff": "time-of-use-slabs"}],
    "change_summary": "The first version.",
}
TARIFF: dict[str, Any] = {
    "code": "time-of-use-slabs",
    "name": "Time of use with slabs",
    "commodity": "electricity",
    "rate_type": "time_based",
    "currency": "USD",
    "zone": ZONE,
    "from": "2020-01-01",
    "change_summary": "The first version.",
    "bands": {
        "night": [{"from": "22:00", "to": "06:00"}],
        "day": [{"from": "06:00", "to": "16:00"}, {"from": "20:00", "to": "22:00"}],
        "peak": [{"from": "16:00", "to": "20:00"}],
    },
    "charges": [
        {
            "code": "energy",
            "name": "Energy",
            "kind": "energy",
            "unit": "kWh",
            "slabs_with_time": "chronological",
            "prices": [
                {
                    "band": band,
                    "slabs": [
                        {"up_to": "100", "price": low},
                        {"up_to": "250", "price": middle},
                        {"price": high},
                    ],
                }
                for band, low, middle, high in (
                    ("night", "0.08", "0.09", "0.10"),
                    ("day", "0.12", "0.13", "0.145"),
                    ("peak", "0.18", "0.20", "0.225"),
                )
            ],
        },
        {"code": "standing", "name": "Standing charge", "kind": "fixed", "price": "9.95"},
    ],
}


@dataclass(frozen=True)
class World:
    """What was built: the keys of accounts and channels, in the same order."""

    accounts: Sequence[int]
    agreements: Sequence[int]
    channels: Sequence[int]
    month: str
    interval_s: int


@transaction.atomic
def build(n: int, *, month: str = "2026-10", interval_s: int = 900, seed: int = 7) -> World:
    """Make a utility with n accounts, each with an agreement, a plan and a month of reads."""
    plan_version = _price_book()
    customers = _rows(
        Customer,
        n,
        "id uid kind name name_keys email phone phone_index postal_address language "
        "has_special_need",
        lambda i, pk: (
            pk,
            uuid.uuid4(),
            "person",
            f"Customer {i}",
            folded(f"Customer {i}"),
            f"customer{i}@example.org",
            "",
            "",
            "",
            "en",
            False,
        ),
    )
    accounts = _rows(
        CustomerAccount,
        n,
        "id number customer_id currency status cycle_code opened_on closed_on",
        lambda i, pk: (pk, f"N{i:08d}", customers[i], "USD", "open", "monthly", FIRST_DAY, None),
    )
    points = _places(n)
    agreements = _rows(
        CustomerAgreement,
        n,
        "id account_id usage_point_id starts_at ends_at payment_mode",
        lambda i, pk: (pk, accounts[i], points[i], LONG_AGO, None, "postpaid"),
    )
    channels = _meters(points, interval_s)
    _rows(
        PlanAssignment,
        n,
        "id agreement_id plan_version_id starts_at ends_at",
        lambda i, pk: (pk, agreements[i], plan_version, LONG_AGO, None),
    )
    add_reads(channels, month, interval_s=interval_s, seed=seed)
    return World(accounts, agreements, channels, month, interval_s)


def _rows(model: type[Model], n: int, columns: str, row: Any) -> list[int]:
    keys = bulk.allocate_ids(model, n)
    bulk.write(model, columns.split(), [row(i, pk) for i, pk in enumerate(keys)])
    return keys


def _price_book() -> int:
    Utility.objects.get_or_create(
        pk=1, defaults={"name": "Test Utility", "currency": "USD", "zone_name": ZONE}
    )
    ConsumerCategory.objects.get_or_create(code="residential", defaults={"name": "Residential"})
    BillingCycle.objects.get_or_create(code="monthly", defaults={"name": "Monthly"})
    version = import_tariff(TARIFF, author=None)
    publish(version, approver=None, published_at=LONG_AGO)
    TaxRule.objects.create(code="vat", name="Tax", rate=Decimal(5), starts_on=FIRST_DAY)
    plan = import_plan(PLAN, author=None)
    publish_plan(plan, approver=None, published_at=LONG_AGO)
    return plan.pk


def _places(n: int) -> list[int]:
    locations = _rows(
        ServiceLocation,
        n,
        "id code address_line address_keys address_extra city region "
        "postal_code country zone_name holiday_calendar attributes",
        lambda i, pk: (pk, f"L{i}", *_address(i), "", "Dover", "", "", "US", ZONE, "", {}),
    )
    return _rows(
        UsagePoint,
        n,
        "id code location_id commodity direction connection_state "
        "is_virtual fuse_amps phases volts",
        lambda i, pk: (
            pk,
            f"UP{i}",
            locations[i],
            "electricity",
            "delivered",
            "connected",
            False,
            100,
            1,
            230,
        ),
    )


def _address(i: int) -> tuple[str, str]:
    line = f"{i} Mill Lane"
    return line, folded(line)


def _meters(points: Sequence[int], interval_s: int) -> list[int]:
    n = len(points)
    meters = _rows(
        Meter,
        n,
        "id serial maker model register_map_id state",
        lambda i, pk: (pk, f"S{i:09d}", "Eastron", "SDM630", None, "installed"),
    )
    _rows(
        MeterInstallation,
        n,
        "id meter_id usage_point_id starts_at ends_at",
        lambda i, pk: (pk, meters[i], points[i], LONG_AGO, None),
    )
    return _rows(
        Channel,
        n,
        "id meter_id quantity unit interval_s digits multiplier is_register_only",
        lambda i, pk: (pk, meters[i], "import", "Wh", interval_s, 6, 1, False),
    )


def add_reads(channels: Sequence[int], month: str, *, interval_s: int, seed: int) -> None:
    """Give every channel a value in each slot of the UTC days that the local month touches."""
    days = list(utc_days(month_period(month)))
    slots = 86400 // interval_s
    for start in range(0, len(channels), 500):
        keys = channels[start : start + 500]
        values = reads(seed, start, len(keys), len(days) * slots, interval_s)
        store_days(
            np.repeat(keys, len(days)).tolist(),
            days * len(keys),
            values.reshape(len(keys) * len(days), slots),
            source="simulator",
            recorded_at=datetime(2026, 11, 1, 6, tzinfo=UTC),
        )


def reads(seed: int, start: int, n: int, slots: int, interval_s: int) -> Any:
    """Return (n, slots) whole watt-hours, the same for the same seed and start."""
    rng = np.random.default_rng((seed, start))
    return rng.integers(0, interval_s // 3 + 1, (n, slots), dtype=np.int64)


def month_period(month: str) -> Period:
    year, _, number = month.partition("-")
    return local_month(int(year), int(number), ZoneInfo(ZONE))
