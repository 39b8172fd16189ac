"""Where staff work: the pages of the menu and of the start, by the table of permissions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from django.contrib.auth.models import AnonymousUser
from django.urls import resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.staff import ADMIN_RIGHTS, role_names
from billing_site.permissions import table
from core import admin_door
from support.approvals.inbox import menu_word

IN_THE_MENU = 5  # the rest stands under "More"
APPROVALS, ADMIN = "support:approvals", "admin:index"


@dataclass(frozen=True)
class Place:
    """A page that a role starts from, and what is done there."""

    name: str  # of its address
    word: str | Promise
    about: str | Promise


PLACES = (
    Place(
        "support:search",
        _("Help a customer"),
        _("Find who calls, and open a help session to see their data."),
    ),
    Place(APPROVALS, _("Approvals"), _("What waits for a second person, and what you asked for.")),
    Place(
        "support:report",
        _("Help sessions"),
        _("Who helped whom, and emergencies that wait for a review."),
    ),
    Place(
        "reports:manage_bills",
        _("Bills"),
        _("All bills: find, sum, save, and send again what is not paid."),
    ),
    Place("statements:runs", _("Billing runs"), _("Close a month and issue its bills.")),
    Place(
        "statements:price_overview",
        _("Plans and tariffs"),
        _("The price book at a glance: what is in force, what ends, who changed what."),
    ),
    Place("payments:counter", _("Counter"), _("Take a payment and hand out the receipt.")),
    Place(
        "payments:desk",
        _("Payments desk"),
        _("Payments, refunds, late fees, and what is left to clear."),
    ),
    Place("reports:owing", _("Who owes"), _("Accounts with bills or charges not paid yet.")),
    Place("reports:manage", _("Overview"), _("Every area with its count and its oldest trouble.")),
    Place(
        "reports:manage_meters",
        _("Meters"),
        _("Meters and connections: where they hang, and what waits for a decision."),
    ),
    Place(
        "reports:manage_readings",
        _("Readings"),
        _("What a meter read on a day, how sure it is, and which bill counted it."),
    ),
    Place("people", _("People"), _("Who works here, and in which roles.")),
    Place("reports:audit", _("Audit"), _("What was changed, looked at and searched, and by whom.")),
    Place(
        "reports:statistics",
        _("Statistics"),
        _("What all customers together used and were billed."),
    ),
    Place("reports:health", _("Health"), _("Whether meters, mails and jobs are well.")),
    Place("settings", _("Settings"), _("Name, colour, terms and what else the utility sets.")),
    Place(ADMIN, _("Admin"), _("Meters, agreements, plans and prices, row by row.")),
)


class Work(list[Place]):
    """Where one person works, in the order of the menu."""

    @property
    def first(self) -> list[Place]:
        """What stands in the menu at once; one left over is no menu of its own."""
        return self if len(self) <= IN_THE_MENU + 1 else self[:IN_THE_MENU]

    @property
    def more(self) -> list[Place]:
        return self[len(self.first) :]


def places(user: User | AnonymousUser) -> Work:
    """Return where this person works; nothing for who is no staff."""
    return Work(_places(user, role_names(user)))


def _places(user: User | AnonymousUser, roles: frozenset[str]) -> Iterator[Place]:
    for place in PLACES if roles else ():
        if place.name == APPROVALS:
            if word := menu_word(user):
                yield replace(place, word=word)
        elif place.name == ADMIN:
            if admin_door.is_open() and _may_see_admin(roles):
                yield place
        elif roles & _allowed(place.name):
            yield place


def _may_see_admin(roles: frozenset[str]) -> bool:
    return any(rights for role, rights in ADMIN_RIGHTS.items() if role.value in roles)


@cache
def _allowed(name: str) -> frozenset[str]:
    """Return the roles that may get a page, by the table of permissions."""
    rows = table.load().of(resolve(reverse(name)).route)
    return frozenset(
        role for row in rows if "GET" in row.methods for role in table.STAFF if row.allows([role])
    )
