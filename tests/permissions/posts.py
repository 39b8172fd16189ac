"""Every form that can be sent, by somebody who may, filled in as it wants to be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.http import HttpResponse

from billing_site.permissions import table
from billing_site.permissions.table import CUSTOMERS
from tests.permissions import dump, objects
from tests.permissions.asking import ask
from tests.permissions.forms import form_of
from tests.permissions.sides import Side
from tests.permissions.world import Person, World

SURE = {"confirmed": "1"}
TOKEN, ROWS = "00000000-0000-0000-0000-000000000001", ",".join(map(str, range(1, 40)))
REASON = {"reason": "Because it was entered wrongly"}

PLAN = {"name": "Farm plan", "code": "FARM", "description": "For farms", "tax_rate": "5"}
TARIFF = {"name": "Farm tariff", "commodity": "electricity", "first_day": "2099-01-01"}

# What a page leaves for the person to fill in, by route.
FILLED: dict[str, dict[str, str]] = {
    "accounts/signup/": {
        "email": "newcomer@mail.example",
        "password1": "a long enough secret",
        "name": "Newcomer",
        "phone": "+13025550199",
    },
    "accounts/email/": {"email": "ottoline-two@mail.example", "action_add": "1"},
    "accounts/password/change/": {
        "oldpassword": "correct horse battery",
        "password1": "another long secret",
        "password2": "another long secret",
    },
    "accounts/password/reset/": {"email": "ashgrove-login@mail.example"},
    "accounts/login/": {
        "login": "ashgrove-login@mail.example",
        "password": "correct horse battery",
    },
    "security/who-looked/<uuid:uid>/objection/": {"note": "I had not called about this"},
    "properties/choose/": {"number": "7700000111", "next": "/"},
    "properties/<str:number>/name/": {"name": "Mum's flat"},
    "inbox/preferences/email/": {"event": "looked", "email": "on"},
    "inbox/preferences/days/": {"days": "3"},
    "inbox/preferences/language/": {"language": "es"},
    "profile/you/": {"name": "Ottoline A."},
    "profile/contact/<uuid:uid>/": {"postal_address": "1 New Lane"},
    "accounts/<str:number>/people/": {
        "name": "Guest",
        "email": "new-guest@mail.example",
        "role": "read_only",
    },
    "accounts/<str:number>/people/<int:pk>/": {"last_day": "2027-01-31"},
    "bills/<str:number>/pay/check/": {"choice": "all", "method": "card"},
    "accounts/<str:number>/pay/check/": {"choice": "all", "method": "card"},
    "people/invite/": {
        "name": "New Colleague",
        "email": "new-colleague@mail.example",
        "roles": "cashier",
    },
    "people/<uuid:uid>/roles/": {**REASON, **SURE, "roles": "support"},
    "people/<uuid:uid>/disable/": REASON,
    "people/<uuid:uid>/second-factor/": REASON,
    "runs/<int:pk>/statements/<int:statement_pk>/cancel/": REASON,
    "desk/events/<uuid:uid>/dismiss/": REASON,
    "counter/": {"number": "7700000222", "amount": "5.00", "reference": "CASH-NEW-1", **SURE},
    "counter/<str:reference>/reverse/": REASON,
    "desk/payments/<str:reference>/refund/": {**REASON, **SURE, "amount": "1.00"},
    "desk/refunds/<uuid:uid>/reject/": REASON,
    "desk/suspense/<int:pk>/": {"number": "7700000222", **SURE},
    "desk/suspense/<int:pk>/refund/": {**REASON, **SURE},
    "desk/cases/<int:pk>/": {"note": "Looked into and settled"},
    "desk/late-fees/<int:pk>/waive/": REASON,
    "desk/late-fees/policies/new/": {"starts_on": "2027-03-01", **SURE},
    "manage/prices/shadow/": {
        "version": "tariff:1",
        "first_month": "2026-10",
        "last_month": "2026-10",
    },
    "manage/prices/suggestions/": {"deed": "compare"},
    "manage/bills/sent/": {"token": "00000000-0000-0000-0000-000000000001", "rows": "1,2,3"},
    **{
        page: {"do": "tag", "tags": "homes", "token": TOKEN, "rows": ROWS, "confirmed": "on"}
        for page in ("manage/tariffs/change/", "manage/plans/change/")
    },
    "manage/tariffs/edit/": {
        **{"do": "edit", "token": TOKEN, "rows": ROWS, "confirmed": "on"},
        **{"first_day": "2099-01-01", "ending": "open"},
    },
    "manage/prices/views/": {"list": "tariffs", "name": "Mine"},
    "manage/meters/<str:serial>/exceptions/<int:pk>/": {**REASON, "decision": "reject"},
    "manage/meters/<str:serial>/<slug:deed>/<slug:step>/": {"serial": "84000999"},
    "manage/tariffs/<slug:code>/versions/<int:number>/": {"deed": "ask"},
    "manage/plans/<slug:code>/versions/<int:number>/": {"deed": "ask"},
    "manage/tariffs/new/<slug:step>/": TARIFF,
    "manage/tariffs/<slug:code>/edit/<slug:step>/": TARIFF,
    "manage/plans/new/<slug:step>/": PLAN,
    "manage/plans/<slug:code>/edit/<slug:step>/": PLAN,
    "manage/categories/": {"new-code": "farm", "new-name": "Farm", "deed": "add"},
    "manage/areas/": {
        "new-code": "water-farm",
        "new-name": "Farm",
        "new-commodity": "water",
        "deed": "add",
    },
    "manage/prices/discounts/new/": {
        "code": "loyal",
        "name": "Loyal",
        "services": "electricity",
        "percent": "5",
        "of": "@energy",
        "starts_on": "2030-01-01",
        "conditions": "paperless",
        "change_summary": "First version",
    },
    "manage/prices/discounts/<slug:code>/": {"deed": "ask", "version": "1"},
    "manage/settings/<slug:field>/": {"value": "+1 302 555 0177"},
    "help/": {"q": "7700000333"},
    "help/start/<uuid:uid>/": {
        "reason": "bill",
        "note": "A question about the last bill",
        "channel": "call",
        "caller_check": "ticket",
        "ticket": "T-1",
    },
    "help/emergency/<uuid:uid>/": {"note": "Water runs through the cellar"},
    "help/session/extend/": REASON,
    "help/session/end/": {"outcome": "solved", "note": "All was said"},
    "help/message/": {
        "account": "7700000333",
        "subject": "Your question",
        "text": "Here is the answer.",
        **SURE,
    },
    "help/bills/<str:number>/adjust/": {
        "direction": "credit",
        "reason_code": "goodwill",
        "amount": "1.00",
        "note": "Goodwill after the fault",
        "customer_text": "We are sorry for the fault.",
        **SURE,
    },
    "help/relations/": {"number": "7700000222", "note": "My neighbour"},
    "help/edit/contact/": {"postal_address": "1 New Lane", **SURE},
    "help/edit/delegates/<int:pk>/": {"last_day": "2027-01-31"},
}

# Who sends a form, where another than the first who may is the better one.
BY = {
    "accounts/signup/": "anonymous",
    "accounts/login/": "anonymous",
    "accounts/password/reset/": "anonymous",
    "help/start/<uuid:uid>/": "support",
    "help/emergency/<uuid:uid>/": "support",
    "help/relations/": "finance",
}


@dataclass
class Post:
    """One form: where it is sent, by whom, about whose object, with what."""

    route: str
    address: str
    person: Person
    side: Side
    data: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)  # of all fields of the form


def posts(world: World, routes: list[str]) -> Iterator[Post]:
    """Return the forms of these routes."""
    for route in routes:
        rows = [row for row in table.load().of(route) if "POST" in row.methods]
        person = _who(world, route, rows)
        if person is not None:
            side = world.own if person.is_customer else person.helps or world.foreign
            yield _filled(Post(route, objects.address(route, side), person, side))


def admin_posts(world: World) -> Iterator[Post]:
    """Return the forms of the admin pages that the administrator may send."""
    person = world.people["administrator"]
    for family, address in objects.admin_addresses(world.foreign):
        rows = [row for row in table.load().of(family) if "POST" in row.methods]
        if address.endswith(("/add/", "/change/")) and any(
            row.allows(person.kinds) for row in rows
        ):
            yield _filled(Post(family, address, person, world.foreign))


def _who(world: World, route: str, rows: list[table.Row]) -> Person | None:
    """Return somebody who may send the form."""
    chosen = [BY[route]] if route in BY else []
    for name in (*chosen, *CUSTOMERS, "support_helping", "administrator_helping", *table.STAFF):
        person = world.people[name]
        if any(row.allows(person.kinds) for row in rows):
            return person
    return None


def _filled(post: Post) -> Post:
    page = ask(post.person, "GET", post.address)
    if page.status_code == 200:
        post.data, post.names = form_of(page.content.decode(), post.address)
    post.data |= FILLED.get(post.route, {})
    post.names |= post.data.keys()
    return post


def sent(
    post: Post, data: dict[str, object], before: dict[str, dump.Rows]
) -> tuple[HttpResponse, dump.Changes]:
    """Send a form and return the answer and what it wrote, which is undone."""
    savepoint = transaction.savepoint()
    try:
        earlier = dump.writes()
        response = post.person.ask("POST", post.address, data)
        touched = {table for table, count in dump.writes().items() if count != earlier.get(table)}
        return response, dump.changes(before, dump.dump(touched))
    finally:
        transaction.savepoint_rollback(savepoint)
