"""Every address of the resolver, found by walking it: a page added later is tested too."""

from __future__ import annotations

from collections.abc import Iterator

from billing_site.permissions import table
from tests.permissions import objects
from tests.permissions.expected import cell
from tests.permissions.test_matrix import asked_routes
from tests.permissions.world import Person, World

WALKERS = (  # one of each kind of session is enough where roles make no difference
    "anonymous",
    "customer",
    "administrator",
    "support_helping",
    "finance",
)


def addresses(world: World, person: Person | None = None) -> Iterator[tuple[str, str]]:
    """Yield (route, address) of every page, with the objects of the customers it may be about.

    :param person: of somebody signed in only what the table opens to them; what refuses them
        refuses strangers, who are asked about every page
    """
    for route, address in _all(world):
        if person is None or not person.is_in or may_ask(person, route):
            yield route, address


def may_ask(person: Person, route: str) -> bool:
    """Say whether the table opens a page to somebody for any customer at all."""
    rows = table.load().of(route)
    return any(cell(rows, person, method) != "-" for method in ("GET", "POST"))


def _all(world: World) -> Iterator[tuple[str, str]]:
    for route in asked_routes():
        if not objects.has_object(route):
            yield route, f"/{route}"
        elif objects.can_find(route):
            for side in (world.own, world.helped):
                yield route, objects.address(route, side)
    yield from objects.admin_addresses(world.helped)


def body(response) -> str:
    """Return what a page says; a stream is read to its end."""
    content = response.getvalue() if response.streaming else response.content
    return content.decode("utf-8", "replace")


def is_page(response) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")


def walkers(world: World) -> list[Person]:
    return [world.people[name] for name in WALKERS]
