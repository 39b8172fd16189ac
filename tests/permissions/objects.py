"""Where an address finds an object of one customer: by how its route begins and what it carries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.db.models import Model

from tariffs.models import Plan
from tests.permissions.sides import Side

PART = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")
Finder = Callable[[Side], object]


def _row(name: str, attribute: str = "pk") -> Finder:
    return lambda side: getattr(side.rows[name], attribute)


def _known(name: str) -> Finder:
    return lambda side: side.rows[name]


def _plan_code(side: Side) -> str:
    return Plan.objects.order_by("pk").values_list("code", flat=True)[0]


# The longest beginning of a route decides; a new kind of object needs its line here.
FINDERS: dict[str, dict[str, Finder]] = {
    "bills/": {"number": _row("statement", "number"), "seq": lambda side: 1},
    "bills/by-id/": {"pk": _row("statement")},
    "inbox/": {"pk": _row("notice")},
    "accounts/": {
        "number": lambda side: side.account.number,
        "year": lambda side: side.account.opened_on.year,
    },
    "pay/": {"reference": _row("attempt", "reference")},
    "payments/": {"reference": _row("payment", "reference")},
    "counter/": {"reference": _row("cash", "reference")},
    "desk/payments/": {"reference": _row("payment", "reference")},
    "desk/attempts/": {"reference": _row("attempt", "reference")},
    "desk/refunds/": {"uid": _row("refund", "uid")},
    "desk/suspense/": {"pk": _row("suspense")},
    "desk/cases/": {"pk": _row("case")},
    "desk/late-fees/": {"pk": _row("late_fee")},
    "desk/events/": {"uid": _row("event", "uid")},
    "invitation/": {"token": _known("invitation_token")},
    "properties/": {"number": lambda side: side.account.number},
    "profile/contact/": {"uid": lambda side: side.customer.uid},
    "accounts/<str:number>/people/": {
        "number": lambda side: side.account.number,
        "pk": _row("delegate"),
        "uid": _row("invitation", "uid"),
    },
    "security/sessions/": {"pk": _row("session")},
    "security/who-looked/": {"uid": _row("past_help", "uid")},
    "manage/settings/": {"field": lambda side: "phone"},
    "help-topics/": {"slug": lambda side: "high-bill"},
    "help/start/": {"uid": lambda side: side.customer.uid},
    "help/emergency/": {"uid": lambda side: side.customer.uid},
    "help/show/": {"field": lambda side: "phone"},
    "help/bills/": {"number": _row("statement", "number"), "seq": lambda side: 1},
    "help/accounts/": {
        "number": lambda side: side.account.number,
        "year": lambda side: side.account.opened_on.year,
    },
    "help/payments/": {"reference": _row("payment", "reference")},
    "help/relations/": {"pk": _row("relation")},
    "help/edit/delegates/": {"pk": _row("delegate")},
    "help/edit/plan/": {"pk": lambda side: side.service.agreement.pk},
    "help-sessions/": {"uid": _row("past_help", "uid")},
    "approvals/": {"uid": _row("approval", "uid")},
    "people/": {"uid": _row("colleague", "uid")},
    "people/invitations/": {"uid": _row("colleague_invitation", "uid")},
    "manage/prices/shadow/": {"pk": _row("shadow")},
    "manage/bills/sent/": {"token": lambda side: UUID(int=side.account.pk)},
    "manage/prices/discounts/": {"code": _row("discount", "code")},
    "manage/prices/files/": {"token": lambda side: UUID(int=side.account.pk)},
    "manage/meters/": {
        "serial": lambda side: side.words.serial,
        "pk": _row("exception"),
        "deed": lambda side: "exchange",
        "step": lambda side: "meter",
    },
    "manage/tariffs/": {
        "code": lambda side: side.service.version.tariff.code,
        "number": lambda side: side.service.version.number,
        "step": lambda side: "basics",
    },
    "prices/": {
        "code": lambda side: side.service.version.tariff.code,
        "form": lambda side: "json",
    },
    "manage/plans/": {
        "code": _plan_code,
        "number": lambda side: 1,
        "step": lambda side: "basics",
    },
    "runs/": {"pk": _row("run"), "statement_pk": _row("statement")},
}


class NoObject(Exception):
    """A route carries something that FINDERS has no line for."""


def has_object(route: str) -> bool:
    return bool(PART.search(route))


def address(route: str, side: Side) -> str:
    """Return the address of a route for the object of this customer.

    :raises NoObject: naming the route
    """
    finders = _finders(route)

    def value(match: re.Match[str]) -> str:
        if match[1] not in finders:
            raise NoObject(f"{route}: {match[1]}")
        return str(finders[match[1]](side))

    return "/" + PART.sub(value, route)


def can_find(route: str) -> bool:
    return set(PART.findall(route)) <= set(_finders(route))


def _finders(route: str) -> dict[str, Finder]:
    beginnings = [begin for begin in FINDERS if route.startswith(begin)]
    return FINDERS[max(beginnings, key=len)] if beginnings else {}


def admin_addresses(side: Side) -> Iterator[tuple[str, str]]:
    """Return (family of the table, address) for every model that the admin pages show."""
    for model in admin.site._registry:
        start = f"admin/{model._meta.label_lower.replace('.', '/')}/"
        for page in ("", "add/", *_row_pages(model, side)):
            yield f"{start}*", f"/{start}{page}"


def _row_pages(model: type[Model], side: Side) -> list[str]:
    row = _of_side(model, side)
    return [f"{row.pk}/change/", f"{row.pk}/history/", f"{row.pk}/delete/"] if row else []


WAYS = ("account", "customer", "account__customer", "statement__account", "payment__account")


def _of_side(model: type[Model], side: Side) -> Model | None:
    """Return a row of this customer, or any where rows belong to nobody."""
    if model is type(side.customer):
        return side.customer
    if model is type(side.account):
        return side.account
    names = {field.name for field in model._meta.fields}
    rows = model._default_manager.order_by("pk")
    for way in WAYS:
        wanted = side.customer if way.endswith("customer") else side.account
        if way.split("__")[0] in names and _leads(model, way, type(wanted)):
            return rows.filter(**{way: wanted}).first() or rows.first()
    return rows.first()


def _leads(model: type[Model], way: str, goal: type[Model]) -> bool:
    for part in way.split("__"):
        known = {field.name: field.related_model for field in model._meta.fields}
        if not known.get(part):
            return False
        model = known[part] if not isinstance(known[part], str) else apps.get_model(known[part])
    return model is goal


def without_key(address: str) -> str:
    """Return the address of an admin page without the key of its row."""
    return re.sub(r"/[^/<>]+/change/$", "/*/change/", address)
