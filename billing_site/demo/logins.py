"""The people of the demonstration: the seed creates them, the start prints them."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.staff import StaffRole

PASSWORD = "meterbook-demo"  # noqa: S105  a demonstration has no secret


@dataclass(frozen=True, slots=True)
class Login:
    """Who signs in, and what a visitor sees as this person."""

    email: str
    name: str
    shows: str
    roles: tuple[StaffRole, ...] = ()
    password: str = PASSWORD
    language: str = "en"


TOU_HOME = "tou.home@example.org"
OVERDUE_HOME = "overdue.home@example.org"
LANDLORD = "landlord@example.org"
SHOP = "shop.biz@example.org"
SPANISH_HOME = "es.home@example.org"

LOGINS: tuple[Login, ...] = (
    Login(TOU_HOME, "Tara Hughes", "customer: electricity by time of day, and water"),
    Login(OVERDUE_HOME, "Owen Reyes", "customer: behind with two bills"),
    Login(LANDLORD, "Lena Marsh", "customer: four places in two time zones"),
    Login(SHOP, "Sam Porter", "business: water by slabs, and electricity"),
    Login(SPANISH_HOME, "Marisol Vega", "customer: reads Spanish", language="es"),
    Login(
        "billing.specialist@example.org",
        "Birgit Solano",
        "staff: watches billing runs",
        (StaffRole.BILLING_SPECIALIST,),
    ),
    Login(
        "billing.manager@example.org",
        "Bea Lindqvist",
        "staff: closes the month, writes prices",
        (StaffRole.BILLING_MANAGER,),
    ),
    Login(
        "second.manager@example.org",
        "Jane Smith",
        "staff: a second billing manager, since prices are put into force by two",
        (StaffRole.BILLING_MANAGER,),
    ),
    Login(
        "finance@example.org",
        "Farid Novak",
        "staff: payments, refunds and what is left to clear",
        (StaffRole.FINANCE,),
    ),
    Login("cashier@example.org", "Cora Benning", "staff: the counter", (StaffRole.CASHIER,)),
    Login(
        "reader@example.org",
        "Rolf Ekman",
        "staff: meters and readings",
        (StaffRole.METER_EMPLOYEE,),
    ),
    Login("agent@example.org", "Abe Sutton", "staff: support", (StaffRole.SUPPORT,)),
    Login("auditor@example.org", "Ines Okafor", "staff: reads only", (StaffRole.AUDITOR,)),
    Login(
        "root@example.org",
        "Ruth Adeyemi",
        "staff: administrator, people and Django admin",
        (StaffRole.ADMINISTRATOR,),
    ),
    Login(
        "admin@example.org",
        "Anders Holm",
        "staff: a second administrator, since roles are given by two",
        (StaffRole.ADMINISTRATOR,),
    ),
)
