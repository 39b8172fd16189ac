"""The price book beside what the demonstration's customers have: other plans, and every status.

Names and prices are those of the requirements' samples; days are moved so that they hold today.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from accounts.models import User
from billing_site.demo.seed.times import Calendar, months_before
from statements.operations import publish as publishing
from statements.operations.retire import retire_plan
from tariffs import operations as tariffs
from tariffs.models import Plan, PlanVersion, Tariff, TariffVersion

BEFORE_IT_HOLDS = timedelta(days=10)  # prices are written and put into force ahead
NINE = time(15)  # UTC
HOMES, SHOPS = ["single-family"], ["small-business"]
DRAFT_PRICE = "0.15"


@dataclass(frozen=True)
class Book:
    """Who writes and approves, and the months that days are counted from."""

    calendar: Calendar
    author: User
    approver: User
    now: datetime
    today: date

    def month(self, ahead: int) -> date:
        """Return the first of a month, so many after the one that is open."""
        return months_before(self.calendar.open_month, -ahead)

    def tariff(self, definition: Mapping[str, Any], *, put_at: datetime | None = None) -> Any:
        """Bring a tariff in and put it into force, before the day from which it holds."""
        return put(tariffs.import_tariff(definition, author=self.author), self, put_at)

    def plan(self, definition: Mapping[str, Any], *, put_at: datetime | None = None) -> Any:
        """Bring a plan in and put it into force, before the day from which it holds."""
        return put(tariffs.import_plan(definition, author=self.author), self, put_at)


def put(version: Any, book: Book, put_at: datetime | None = None) -> Any:
    """Put a draft into force as if it had been written and approved in time."""
    ahead = datetime.combine(version.starts_on - BEFORE_IT_HOLDS, NINE, UTC)
    at = min(put_at or ahead, book.now)
    written(version, at - timedelta(days=1))
    is_plan = isinstance(version, PlanVersion)
    publish = tariffs.publish_plan if is_plan else tariffs.publish
    publish(version, approver=book.approver, published_at=at)
    return version


def written(version: TariffVersion | PlanVersion, at: datetime) -> None:
    """Note when a draft was written: a story that begins in the past was not written today."""
    type(version).objects.filter(pk=version.pk).update(created_at=at)


def write(book: Book) -> None:
    """Write the plans and tariffs that nobody of the story has, the newest change last."""
    _basic(book)
    _bundles(book)
    _gone(book)
    _to_come(book)
    _discounts(book)
    _under_way(book)


def _basic(book: Book) -> None:
    """Residential Basic Electricity: a fixed rate, a fee at peak, and two charges of the plan."""
    begins, ends = book.month(-7), book.month(5)
    fixed = {"code": "base-rate", "name": "Base rate", "kind": "fixed", "price": "0.99"}
    book.tariff(_tariff("standard-rate", "Standard Rate", begins, [fixed], serves=HOMES,
                        rate_type="fixed", summary="Initial tariff creation"))  # fmt: skip
    first = {
        **_plan("RBE", "Residential Basic Electricity", begins, {"electricity": "standard-rate"}),
        "description": "Basic plan",
        "to": ends.isoformat(),
        "eligibility": {"categories": HOMES},
        "tax": {"kind": "percent", "percent": "4.5"},
        "charges": BASIC_CHARGES,
    }
    book.plan(first)
    later = {
        "from": book.month(-4).isoformat(),
        "description": "A simple electricity plan for residential customers",
        "tax": {"kind": "percent", "percent": "5"},
        "change_summary": 'Tax value: 4.5% → 5%. Description: "Basic plan" → '
        '"A simple electricity plan for residential customers"',
    }
    modified = datetime.combine(book.month(-5) + timedelta(days=12), NINE, UTC)
    book.plan({**first, **later}, put_at=modified)


def _bundles(book: Book) -> None:
    """Plans of several services."""
    gas = {"code": "gas", "name": "Gas", "kind": "energy", "unit": "m3", "price": "0.62"}
    begins = book.month(-10)
    book.tariff(_tariff("residential-gas", "Residential Gas", begins, [gas], commodity="gas",
                        serves=["residential"], summary="First version"))  # fmt: skip
    three = {
        "electricity": "standard-residential-electricity",
        "water": "residential-water",
        "gas": "residential-gas",
    }
    book.plan({
        **_plan("PRB", "Premium Residential Bundle", begins, three),
        "description": "Electricity, water and gas on one bill.",
        "eligibility": {"categories": HOMES},
    })  # fmt: skip
    two = {"electricity": "peak-hour-rate", "water": "commercial-water-basic"}
    book.plan({
        **_plan("SBU", "Small Business Utilities", book.month(-8), two),
        "to": book.month(5).isoformat(),
        "description": "Electricity by the hour and water by use, for small businesses.",
        "eligibility": {"categories": SHOPS},
    })  # fmt: skip


def _gone(book: Book) -> None:
    """What has expired, and what was switched off."""
    old = Tariff.objects.get(code="old-residential-plan").versions.get()
    book.plan({
        **_plan("ORP", "Old Residential", old.starts_on, {"electricity": old.tariff.code}),
        "to": old.ends_on and old.ends_on.isoformat(),
        "eligibility": {"categories": HOMES},
    })  # fmt: skip
    tariffs.note_expired(today=book.today, at=book.now)
    energy = {"code": "energy", "name": "Energy", "kind": "energy", "unit": "kWh", "price": "0.14"}
    flat = book.tariff(_tariff("business-flat-electricity", "Business Flat Electricity",
                               book.month(-10), [energy], serves=SHOPS))  # fmt: skip
    reason = "Small businesses are priced by the hour now"
    tariffs.deactivate(flat.tariff, actor=book.author, at=book.now, reason=reason)
    retire_plan(
        Plan.objects.get(code="IGS"),
        afterwards=Plan.Afterwards.KEEP,
        actor=book.approver,
        at=book.now,
        today=book.today,
        reason="No new gas connections; who has it keeps it",
    )


def _to_come(book: Book) -> None:
    """What is in force from a later day on."""
    slabs = [{"up_to": "300", "price": "0.09"}, {"price": "0.13"}]
    energy = {"code": "energy", "name": "Energy", "kind": "energy", "unit": "kWh", "slabs": slabs}
    begins = book.month(3)
    book.tariff(_tariff("family-slab-electricity", "Family Slab Electricity", begins, [energy],
                        serves=["multi-family"], rate_type="slab"), put_at=book.now)  # fmt: skip
    book.plan({
        **_plan("SUMMER", "Summer Special", begins, {"electricity": "family-slab-electricity"}),
        "description": "The first 300 kWh of each month cost less.",
        "eligibility": {"categories": ["multi-family"]},
    }, put_at=book.now)  # fmt: skip


def _discounts(book: Book) -> None:
    """Two policies, from a month that nobody has billed yet."""
    for position, (code, name, percent, stacking) in enumerate(DISCOUNTS, 1):
        draft = tariffs.import_discount(
            {
                "code": code,
                "name": name,
                "commodity": "electricity",
                "currency": "USD",
                "from": book.month(2).isoformat(),
                "percent": percent,
                "conditions": [code],
                "stacking": stacking,
                "position": position,
                "change_summary": "First version",
            },
            author=book.author,
        )
        tariffs.publish_discount(draft, approver=book.approver, published_at=book.now)


def _under_way(book: Book) -> None:
    """A dearer price that many customers are on, as a draft, and what waits for a second person."""
    standard = Tariff.objects.get(code="standard-residential-electricity").versions.get()
    energy = {**standard.definition["charges"][0], "price": DRAFT_PRICE}
    told = {key: value for key, value in standard.definition.items() if key != "examples"}
    draft = tariffs.import_tariff(
        {
            **told,
            "from": book.month(2).isoformat(),
            "charges": [energy],
            "change_summary": "Unit Rate updated from 0.12 to 0.15",
        },
        author=book.author,
    )
    written(draft, book.now)
    sewer = {"code": "sewer", "name": "Sewer", "kind": "energy", "unit": "m3", "price": "1.20"}
    waste_water = tariffs.import_tariff(
        _tariff("sewer-by-use", "Sewer by Use", book.month(2), [sewer], commodity="sewer"),
        author=book.author,
    )
    premium = tariffs.import_plan(
        {
            **_plan("BPR", "Business Premium", book.month(2), {"electricity": "peak-hour-rate"}),
            "description": "Electricity by the hour for offices.",
            "eligibility": {"categories": ["office"]},
        },
        author=book.author,
    )
    for version in (waste_water, premium):
        written(version, book.now)
        publishing.ask_to_publish(version, requested_by=book.author)


def _tariff(
    code: str,
    name: str,
    begins: date,
    charges: list[dict[str, Any]],
    *,
    commodity: str = "electricity",
    rate_type: str = "flat",
    serves: list[str] | None = None,
    summary: str = "First version",
) -> dict[str, Any]:
    return {
        "format": 1,
        "code": code,
        "name": name,
        "commodity": commodity,
        "rate_type": rate_type,
        "currency": "USD",
        "zone": "America/Chicago",
        "from": begins.isoformat(),
        **({"eligibility": {"categories": serves}} if serves else {}),
        "charges": charges,
        "change_summary": summary,
    }


def _plan(code: str, name: str, begins: date, services: Mapping[str, str]) -> dict[str, Any]:
    return {
        "code": code,
        "name": name,
        "currency": "USD",
        "from": begins.isoformat(),
        "services": [{"commodity": key, "tariff": value} for key, value in services.items()],
        "change_summary": "Initial Plan Creation",
    }


BASIC_CHARGES = [
    {
        "code": "peak-usage-fee",
        "name": "Peak Usage Fee",
        "kind": "variable",
        "commodity": "electricity",
        "unit": "kWh",
        "price": "0.15",
        "hours": [{"from": "16:00", "to": "20:00"}],
    },
    {"code": "admin", "name": "Administrative Fee", "kind": "fixed", "price": "5.99"},
    {"code": "documents", "name": "Document Processing", "kind": "fixed", "price": "2.50"},
]
DISCOUNTS = (
    ("social", "Social Discount", "10", "adds"),
    ("paperless", "Paperless Discount", "1", "after"),
)
