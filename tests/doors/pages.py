"""Every address of the resolver, found by walking it: a page added later is tested too."""

from __future__ import annotations

from collections.abc import Iterator

from tests.permissions import objects
from tests.permissions.test_matrix import asked_routes
from tests.permissions.world import Person, World

WALKERS = (  # one of each kind of session is enough where roles make no difference
    "anonymous",
    "customer",
    "administrator",
    "support_helping",
    "finance",
)


def addresses(world: World) -> Iterator[tuple[str, str]]:
    """Yield (route, address) of every page, with the objects of the customers it may be about."""
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
