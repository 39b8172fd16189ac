"""Accounts, the places they live in, and what they are supplied with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from accounts import operations as accounts
from accounts.models import (
    ConsumerCategory,
    Customer,
    CustomerAccount,
    ServiceArea,
    User,
    Utility,
)
from accounts.numbers import from_serial
from billing_site.demo.seed.story import SECOND_ZONE, UTILITY_ZONE, Home, Supply
from billing_site.demo.seed.times import Calendar
from core.periods import midnight
from meters.models import CustomerAgreement, LocationArea, ServiceLocation, UsagePoint
from statements.operations.assign import assign_plan
from tariffs.models import PlanVersion


@dataclass(frozen=True, slots=True)
class Supplied:
    """One commodity that a home is supplied with, and where it is measured."""

    home: Home
    supply: Supply
    account: CustomerAccount
    usage_point: UsagePoint
    zone: ZoneInfo
    is_first: bool  # nobody of the story lived there before


@dataclass(frozen=True, slots=True)
class _Books:
    """What every home needs while it is written."""

    calendar: Calendar
    categories: Mapping[str, ConsumerCategory]
    areas: Mapping[str, ServiceArea]
    plans: Mapping[str, PlanVersion]
    actor: User


def settle(homes: Sequence[Home], *, calendar: Calendar, actor: User) -> list[Supplied]:
    """Open an account for every home and connect it to what it is supplied with."""
    books = _Books(
        calendar,
        {row.code: row for row in ConsumerCategory.objects.all()},
        {row.code: row for row in ServiceArea.objects.all()},
        {row.plan.code: row for row in PlanVersion.objects.select_related("plan")},
        actor,
    )
    customers: dict[str, Customer] = {}
    supplied: list[Supplied] = []
    location: ServiceLocation | None = None
    for serial, home in enumerate(homes, 1):
        if location is None or not home.follows:
            location = _location(home, serial, books)
        customer = customers.setdefault(home.name, _customer(home, location))
        supplied += _supplied(home, _account(home, customer, serial, books), location, books)
    return supplied


def email_of(home: Home) -> str:
    """Return the address at which the home's mail arrives."""
    letters = "".join(c if c.isalpha() else " " for c in home.name.lower())
    return home.login or f"{'.'.join(letters.split())}@example.org"


def _customer(home: Home, location: ServiceLocation) -> Customer:
    kind = Customer.Kind.ORGANISATION if home.is_business else Customer.Kind.PERSON
    town = f"{location.city}, {location.region} {location.postal_code}"
    return Customer(
        name=home.name,
        kind=kind,
        postal_address=f"{location.address_line}\n{town}",
        language=home.language,
    )


def _location(home: Home, serial: int, books: _Books) -> ServiceLocation:
    city, region, postal_code = (
        ("Aspen Ridge", "CO", "80466") if home.is_far else ("Millbrook", "IL", "60536")
    )
    location = ServiceLocation.objects.create(
        code=f"L{serial:05d}",
        address_line=home.street,
        city=city,
        region=region,
        postal_code=postal_code,
        zone_name=SECOND_ZONE if home.is_far else UTILITY_ZONE,
    )
    for supply in home.supplies:
        area = books.areas[f"{supply.commodity}-{'hills' if home.is_far else 'valley'}"]
        LocationArea.objects.create(location=location, area=area, commodity=supply.commodity)
    return location


def _account(home: Home, customer: Customer, serial: int, books: _Books) -> CustomerAccount:
    if customer.pk is None:
        customer.save()
    return accounts.open_account(
        customer,
        currency=Utility.objects.get().currency,
        opened_on=_first_day(home, books.calendar),
        category=books.categories[home.category],
        number=from_serial(serial),
        actor=books.actor,
    )


def _first_day(home: Home, calendar: Calendar) -> date:
    return calendar.day(home.moves_in) if home.moves_in else calendar.starts_on


def _supplied(
    home: Home, account: CustomerAccount, location: ServiceLocation, books: _Books
) -> list[Supplied]:
    zone = location.zone
    starts_at = midnight(_first_day(home, books.calendar), zone)
    ends_at = midnight(books.calendar.day(home.moves_out), zone) if home.moves_out else None
    made = []
    for supply in home.supplies:
        point = _usage_point(location, home, supply)
        agreement = CustomerAgreement.objects.create(
            account=account, usage_point=point, starts_at=starts_at, ends_at=ends_at
        )
        if supply.plan:
            assign_plan(agreement, books.plans[supply.plan], starts_at=starts_at, actor=books.actor)
        made.append(Supplied(home, supply, account, point, zone, not home.follows))
    return made


def _usage_point(location: ServiceLocation, home: Home, supply: Supply) -> UsagePoint:
    point, _is_new = UsagePoint.objects.get_or_create(
        code=f"{location.code}-{supply.commodity[0].upper()}",
        defaults={
            "location": location,
            "commodity": supply.commodity,
            "is_virtual": not supply.annual,
            "fuse_amps": 200 if home.is_business else 100,
            "phases": 3 if home.is_business else 1,
        },
    )
    return point
