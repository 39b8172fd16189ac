"""The utility itself: its name, categories, areas, staff, prices and plans."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts import operations as accounts
from accounts.models import Commodity, ConsumerCategory, ServiceArea, User, Utility
from billing_site.demo import codes
from billing_site.demo.logins import LOGINS
from billing_site.demo.seed.price_book import Book
from billing_site.demo.seed.story import (
    EARLIER,
    FEES,
    PLANS,
    UTILITY_NAME,
    UTILITY_ZONE,
    PlanStory,
)
from billing_site.demo.seed.times import Calendar, months_before
from payments.operations import late_fee_policies
from statements.models import BillingCycle
from tariffs.models import TaxRule

FILES = Path(__file__).resolve().parent.parent / "tariffs"
CATEGORIES = {
    "residential": (
        "Residential",
        {"single-family": "Single Family", "multi-family": "Multi Family"},
    ),
    "commercial": ("Commercial", {"small-business": "Small Business", "office": "Office"}),
    "industrial": ("Industrial", {"light-industry": "Light Industry"}),
}
AREAS = ("valley", "Valley"), ("hills", "Hills")
SPANISH = {
    "Residential": "Residencial",
    "Single Family": "Unifamiliar",
    "Multi Family": "Multifamiliar",
    "Commercial": "Comercial",
    "Small Business": "Pequeño comercio",
    "Office": "Oficina",
    "Industrial": "Industrial",
    "Light Industry": "Industria ligera",
    "Valley": "Valle",
    "Hills": "Colinas",
}
YEARS_BEFORE = 24  # months: prices and accounts are older than the readings
MONTHS_OF_EARLIER = 12  # how long versions held that were replaced before the story begins


def found() -> None:
    """Set up the utility with its reference data."""
    Utility.objects.create(
        pk=1,
        name=UTILITY_NAME,
        legal_name="Prairie Light and Water Cooperative",
        tax_number="36-0000000",
        address="1 Depot Street\nMillbrook, IL 60536",
        phone="+1 217 555 0100",
        emergency_phone="+1 217 555 0199",
        email="service@prairie.example.org",
        currency="USD",
        zone_name=UTILITY_ZONE,
        country="US",
    )
    for code, (name, below) in CATEGORIES.items():
        parent = ConsumerCategory.objects.create(code=code, name=name, names=_in_spanish(name))
        for sub_code, sub_name in below.items():
            ConsumerCategory.objects.create(
                code=sub_code, name=sub_name, names=_in_spanish(sub_name), parent=parent
            )
    for commodity in (Commodity.ELECTRICITY, Commodity.WATER, Commodity.GAS):
        for code, name in AREAS:
            ServiceArea.objects.create(
                code=f"{commodity}-{code}",
                name=name,
                names=_in_spanish(name),
                commodity=commodity,
            )
    BillingCycle.objects.create(code="monthly", name="Monthly")


def _in_spanish(name: str) -> dict[str, str]:
    return {"es": SPANISH[name]}


def people() -> dict[str, User]:
    """Create the demonstration's logins and return them by e-mail."""
    made = {}
    for login in LOGINS:
        user = accounts.create_user(
            login.email,
            password=login.password,
            name=login.name,
            language=login.language,
            roles=login.roles,
        )
        if login.roles and settings.DEMO:  # anywhere else they set up their own
            codes.give_app(user)
        made[login.email] = user
    return made


def prices(calendar: Calendar, book: Book) -> None:
    """Bring the tariff files in, publish them, and bundle them to plans with a tax on top."""
    for definition in _shifted(calendar):
        for version in _versions(definition):
            book.tariff(version)
    starts_on = first_day_of_prices(calendar)
    TaxRule.objects.create(code="sales-tax", name="Sales tax", rate=5, starts_on=starts_on)
    for told in PLANS:
        begins = months_before(starts_on, -MONTHS_OF_EARLIER)
        book.plan(_plan(told, begins))


def _plan(told: PlanStory, starts_on: date) -> dict[str, Any]:
    return {
        "code": told.code,
        "name": told.name,
        "currency": "USD",
        "from": starts_on.isoformat(),
        "frequency": told.frequency,
        "eligibility": {"categories": list(told.categories)},
        "services": [{"commodity": told.commodity, "tariff": told.tariff}],
        **({"charges": [dict(fee) for fee in FEES]} if told.has_fees else {}),
        "change_summary": "Initial plan creation",
    }


def first_day_of_prices(calendar: Calendar) -> date:
    return months_before(calendar.starts_on, YEARS_BEFORE)


def _versions(definition: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the versions that were before, oldest first, and that of the file."""
    begins, made = date.fromisoformat(definition["from"]), []
    summary = definition["change_summary"]
    for earlier in EARLIER.get(definition["code"], ()):
        text = json.dumps({key: v for key, v in definition.items() if key != "examples"})
        for now, then in earlier.prices:
            text = text.replace(now, then)
        dated = {"from": begins.isoformat(), "change_summary": summary}
        made.append({**json.loads(text), **dated})
        begins, summary = months_before(begins, -earlier.months), earlier.summary
    return [*made, {**definition, "from": begins.isoformat(), "change_summary": summary}]


def _shifted(calendar: Calendar) -> list[dict[str, Any]]:
    """Return the files with their days moved, so that what is in force in them is so today."""
    definitions = [json.loads(path.read_text()) for path in sorted(FILES.glob("*.json"))]
    return [{**definition, **_days(definition, calendar)} for definition in definitions]


def _days(definition: Mapping[str, Any], calendar: Calendar) -> dict[str, str]:
    since = first_day_of_prices(calendar)
    if "to" not in definition:
        return {"from": since.isoformat()}
    return {"from": months_before(since, YEARS_BEFORE).isoformat(), "to": since.isoformat()}


def terms(calendar: Calendar, *, author: User) -> None:
    """Say what being late costs."""
    late_fee_policies.add_policy(
        starts_on=calendar.starts_on,
        grace_days=10,
        flat_minor=500,
        percent=Decimal("1.5"),
        cap_minor=2500,
        tolerance_minor=200,
        actor=author,
        today=calendar.starts_on,
    )
