"""Whole tariffs, and short ways to bill them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np

from core.periods import local_day, local_month
from meters.models import Channel, CustomerAgreement, UsagePoint
from statements.documents import to_html
from statements.models import (
    PlanAssignment,
    RunItem,
)
from tests.statements import factories as make
from tests.statements.factories import FLAT, LONG_AGO, TIME, ZONE
from tests.statements.test_pages import page_of, words

DECEMBER = local_month(2026, 12, ZONE)
IN_JANUARY = datetime(2027, 1, 5, 12, tzinfo=UTC)
QUARTER = 900

BUSINESS = {
    **FLAT,
    "code": "business",
    "name": "Business",
    "rate_type": "time_based",
    "bands": TIME["bands"],
    "charges": [
        {
            "code": "energy",
            "name": "Energy",
            "kind": "energy",
            "unit": "kWh",
            "prices": [
                {"band": "peak", "price": "0.20"},
                {"band": "off-peak", "price": "0.10"},
            ],
        },
        {
            "code": "peak-demand",
            "name": "Peak demand",
            "kind": "demand",
            "unit": "kW",
            "elsewhere": "free",
            "prices": [{"band": "peak", "price": "4.00"}],
        },
        {
            "code": "demand",
            "name": "Demand charge",
            "kind": "demand",
            "unit": "kW",
            "price": "12.50",
            "ratchet": {"percent": "80", "months": 11},
        },
        {
            "code": "least",
            "name": "Minimum charge",
            "kind": "minimum",
            "price": "2000",
            "of": ["energy", "peak-demand", "demand"],
        },
    ],
    "taxes": [
        {
            "code": "city-tax",
            "name": "City tax",
            "kind": "tiered",
            "bands": [{"up_to": "1000.00", "percent": "0"}, {"percent": "2"}],
        }
    ],
}
SOLAR = {
    **FLAT,
    "code": "solar",
    "name": "Solar",
    "charges": [
        {"code": "energy", "name": "Energy", "kind": "energy", "unit": "kWh", "price": "0.20"},
        {
            "code": "fed",
            "name": "Export credit",
            "kind": "credit",
            "unit": "kWh",
            "price": "0.10",
            "settle": "lots",
            "applies_to": ["energy"],
            "expires_after_months": 2,
            "tax_class": "none",
        },
        {"code": "meter", "name": "Meter rent", "kind": "fixed", "price": "5.00"},
    ],
}
SELLER = {
    **SOLAR,
    "code": "seller",
    "charges": [
        SOLAR["charges"][0],
        {"code": "fed", "name": "Sold", "kind": "credit", "unit": "kWh", "price": "0.10"},
    ],
}
SEWER = {
    **FLAT,
    "code": "sewer",
    "name": "Sewer",
    "commodity": "sewer",
    "charges": [
        {
            "code": "sewer",
            "name": "Sewer",
            "kind": "energy",
            "unit": "m3",
            "source": "import",
            "commodity": "water",
            "share_percent": "85",
            "price": "1.50",
        },
        {
            "code": "rain",
            "name": "Rain water",
            "kind": "energy",
            "unit": "m2",
            "attribute": "area",
            "price": "0.04",
        },
    ],
}
GAS = {
    **FLAT,
    "code": "gas",
    "name": "Gas",
    "commodity": "gas",
    "charges": [
        {
            "code": "gas",
            "name": "Gas",
            "kind": "energy",
            "unit": "kWh",
            "price": "0.05",
            "conversion": {
                "from": "m3",
                "factors": [
                    {"name": "Volume correction", "value": "1.02264"},
                    {"name": "Calorific value, MJ/m³", "given": "calorific-value"},
                    {"name": "MJ in a kWh", "value": "3.6", "by": "divide"},
                ],
            },
        }
    ],
}


def amounts(statement):
    lines = statement.lines.order_by("seq")
    return [(line.charge, line.kind, line.amount_minor) for line in lines]


def add_channel(service, quantity, unit="Wh"):
    channel = service.channel
    return Channel.objects.create(
        meter=channel.meter, quantity=quantity, unit=unit, interval_s=channel.interval_s
    )


def unmetered(account, definition, location):
    """Let an account have a service without a meter, at a place."""
    point = UsagePoint.objects.create(
        code=f"V{location.pk}", location=location, commodity=definition["commodity"],
        is_virtual=True,
    )  # fmt: skip
    agreement = CustomerAgreement.objects.create(
        account=account, usage_point=point, starts_at=LONG_AGO
    )
    version = make.make_version(definition)
    PlanAssignment.objects.create(
        agreement=agreement, plan_version=make.make_plan_version(version), starts_at=LONG_AGO
    )
    return agreement


def with_peak(period, watt_hours, *, each=500):
    """Return quarter hours that are alike but for one at 17:00 on the second weekday."""
    values = np.full(make.slots_of(period, QUARTER), each, np.int64)
    day = local_day(date(*{10: (2026, 10, 6), 11: (2026, 11, 10)}[_month(period)]), ZONE)
    values[int((day.starts_at - period.starts_at).total_seconds()) // QUARTER + 17 * 4] = watt_hours
    return values


def _month(period):
    return period.starts_at.astimezone(ZONE).month


def problem_of(month="2026-10", *, as_of=make.IN_NOVEMBER):
    make.run_month(month, as_of=as_of)
    return RunItem.objects.get(state=RunItem.State.PARKED)


def page(client, statement):
    return words(page_of(client, statement).content.decode())


def printed(statement):
    return words(to_html(statement, "en"))


def spread(period, total):
    slots = make.slots_of(period, 3600)
    values = np.full(slots, total // slots, np.int64)
    values[: total - int(values.sum())] += 1
    return values


def discounted(term):
    """Return a flat tariff with a discount under a condition."""
    return {
        **FLAT,
        "code": "when",
        "charges": [
            FLAT["charges"][0],
            {
                "code": "less",
                "name": "Discount",
                "kind": "percent",
                "purpose": "discount",
                "percent": "10",
                "of": ["energy"],
                "when": [term],
            },
        ],
    }
