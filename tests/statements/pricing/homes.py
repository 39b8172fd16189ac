"""Homes that were read for months, and plans they could have."""

from __future__ import annotations

from datetime import UTC, date, datetime

from core.periods import local_month
from tariffs import operations
from tests.statements import factories as make
from tests.statements.factories import FLAT, LONG_AGO, ZONE

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
YEAR = [(2025, 11), (2025, 12), *((2026, month) for month in range(1, 11))]  # 365 days, 8760 hours


def tariff(code, *charges, **fields):
    """Return a tariff of these charges; a bare number is a price for each kWh."""
    return {**FLAT, "code": code, "name": code.title(), "charges": list(charges), **fields}


def energy(price, **fields):
    return {"code": "energy", "name": "Energy", "kind": "energy", "unit": "kWh", "price": price} | (
        fields
    )


def fee(price, code="standing", name="Standing charge"):
    return {"code": code, "name": name, "kind": "fixed", "price": price}


def offer(definition):
    """Publish a tariff and a plan of its name that has only it."""
    return make.make_plan_version(make.make_version(definition))


def publish(definition):
    version = operations.import_plan(definition, author=None)
    operations.publish_plan(version, approver=None, published_at=LONG_AGO)
    return version


def read_year(service, each=1000, *, months=YEAR):
    for year, month in months:
        make.read_steadily(service.channel, local_month(year, month, ZONE), each)
