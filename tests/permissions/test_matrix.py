"""Every row of the table, for every kind of person, relation and method; each answer is read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from zlib import crc32

import pytest
from django.db import connection

from billing_site.permissions import table
from billing_site.permissions.routes import routes
from tests.doors.answers import is_kept, lacks
from tests.doors.written import Writes
from tests.permissions import objects
from tests.permissions.asking import ask, leaks, text_of
from tests.permissions.conftest import CELLS
from tests.permissions.expected import answers, kind_of_answer, visible
from tests.permissions.refusals import drawn_once, told
from tests.permissions.sides import Side
from tests.permissions.world import Person, World, names

EACH = ("GET", "POST")
WRITING = ("PUT", "PATCH", "DELETE")  # no page has them, and one asks about all three
FIRST = "support_helping"
HEARS = "pay/<str:reference>/"  # asks the provider about a payment, and keeps what it says
pytestmark = pytest.mark.django_db


def asked_routes() -> list[str]:
    """Return the routes of our own pages, and those of the admin pages that name no model."""
    return [
        route
        for route in routes()
        if not route.startswith("admin/") or not (route.count("/") > 2 or "(" in route)
    ]


def goals(world: World, person: Person) -> Iterator[tuple[str, str, Side | None, str]]:
    """Return (route, method, whose object, address) of everything that can be asked for."""
    for route in asked_routes():
        if not (_had_it(person, route) and _concerns(person, route)):
            continue
        more = _other_methods(person, route)
        if not objects.has_object(route):
            yield from ((route, method, None, f"/{route}") for method in (*EACH, *more))
        elif objects.can_find(route):  # or another test fails
            for side in relations(world, person):
                methods = (*EACH, *more) if side is world.foreign else EACH
                address = objects.address(route, side)
                yield from ((route, method, side, address) for method in methods)


def _other_methods(person: Person, route: str) -> tuple[str, ...]:
    """Return by which methods this person asks a page beside reading and sending it.

    Strangers and customers do so everywhere, of staff the first who gets in: what is answered
    to the others does not depend on who they are.
    """
    if person.name not in ("anonymous", "customer", _first_staff(route)):
        return ()
    return ("HEAD", "OPTIONS", WRITING[crc32(route.encode()) % len(WRITING)])


def _first_staff(route: str) -> str:
    rows = table.load().of(route)
    allowed = (role for role in table.STAFF if any(row.allows([role]) for row in rows))
    return next(allowed, table.STAFF[0])


def _had_it(person: Person, route: str) -> bool:
    """Say whether a page is one that this person lost with the role or the login.

    The first role of those who lost it asks for all pages, the others for what was theirs.
    """
    role, _, lost = person.name.rpartition("_")
    if lost not in ("revoked", "disabled") or role not in table.STAFF[1:]:
        return True
    return any(row.allows([role]) for row in table.load().of(route))


def _concerns(person: Person, route: str) -> bool:
    """Say whether a page may answer somebody with a help session otherwise than colleagues.

    The first of those who help asks for all pages, the others for those about a customer.
    """
    return not _has_session(person) or person.name == FIRST or objects.has_object(route)


def _has_session(person: Person) -> bool:
    return person.name.endswith(("_helping", "_expired"))


def relations(world: World, person: Person) -> list[Side]:
    """Return whose objects the person asks for: strangers', and those of who is or was theirs."""
    if _has_session(person):
        return [world.foreign, world.helped]
    return [world.foreign, world.own] if person.is_customer else [world.foreign]


def admin_goals(world: World, person: Person) -> Iterator[tuple[str, str, Side | None, str]]:
    """Return the pages of every model; where the wall refuses all alike, those of a row do.

    So they do for a help session, too, which no list in the admin knows of.
    """
    has_role = bool(set(person.kinds) & set(table.STAFF)) and not _has_session(person)
    for family, address in objects.admin_addresses(world.foreign):
        of_row = address.endswith("/change/")
        if has_role or (of_row and _had_it(person, family)):
            methods = (*EACH, *_other_methods(person, family)) if of_row else EACH
            yield from ((family, method, None, address) for method in methods)


def faults(world: World, person: Person, goal: tuple[str, str, Side | None, str]) -> list[str]:
    """Ask once; return what differs from the table, whose data came back, and broken promises.

    Every answer carries the same headers, reading writes nothing, and no browser keeps a page of
    somebody who is signed in.
    """
    route, method, side, address = goal
    rows = table.load().of(route)
    writes = Writes()
    reads = method == "GET" and route != HEARS
    with connection.execute_wrapper(writes) if reads else nullcontext():
        response = ask(person, method, address)
    wanted, found = answers(rows, person, method, side=side), kind_of_answer(response)
    said = text_of(response)
    problems = [] if found in wanted else [f"{found}, not {' or '.join(sorted(wanted))}"]
    problems += lacks(response) + writes.found
    problems += ["may be kept"] if method == "GET" and is_kept(response, address) else []
    for each in world.sides:
        allowed = visible(rows, person, method, each)
        if allowed is not None:
            problems += [
                f"shows {each.words.name}'s {leak}"
                for leak in leaks(said, each, allowed=allowed, asked=address)
            ]
    return [f"{person.name} {method} {address} ({route}): {problem}" for problem in problems]


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("part", [goals, admin_goals], ids=["pages", "admin"])
def test_each_cell_is_as_the_table_says(world, name, part, record_property):
    person = world.people[name]
    wrong, cells = [], 0
    with drawn_once():
        for goal in part(world, person):
            wrong += faults(world, person, goal)
            cells += 1
    record_property(CELLS, cells)
    print(f"{cells} cells", *wrong, sep="\n")

    assert wrong == []


@pytest.mark.parametrize("name", ["customer", "cashier", "support_helping"])
def test_a_refusal_tells_nothing_of_what_was_asked_for(world, name):
    """So the matrix may draw each of them once."""
    person, side = world.people[name], world.foreign
    about_them = [route for route in asked_routes() if objects.has_object(route)]
    addresses = ["/no/such/page/", *(objects.address(route, side) for route in about_them)]

    found = [ask(person, "GET", address) for address in addresses]

    refused = {(r.status_code, told(r)) for r in found if r.status_code in (403, 404)}
    assert sorted(status for status, _said in refused) == [403, 404]
    for _status, said in refused:
        assert list(leaks(said, side, allowed=frozenset(), asked="")) == []


def test_every_address_with_an_object_is_asked_for():
    unknown = [route for route in asked_routes() if not objects.can_find(route)]

    assert unknown == [], "tests/permissions/objects.py needs a line for what they carry"
