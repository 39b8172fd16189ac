"""Somebody else's numbers and keys in queries and forms show nothing and change nothing."""

from __future__ import annotations

import pytest
from django.db import models

from billing_site.permissions import table
from tests.permissions import dump, objects
from tests.permissions.asking import ask, leaks, text_of
from tests.permissions.expected import cell, visible
from tests.permissions.forms import planted
from tests.permissions.posts import posts, sent
from tests.permissions.sides import Side
from tests.permissions.test_matrix import asked_routes

pytestmark = pytest.mark.django_db

ASKING = ("customer", "payer", "delegate_view", "support_helping", "cashier", "auditor")
NAMES = ("account", "number", "customer", "statement", "bill", "reference", "payment", "pk", "id")
MORE = ("uid", "user", "q", "search", "token", "choice", "grant", "next", "before")


def query_of(side: Side) -> dict[str, str]:
    """Return the other customer's values under every name that a page might read."""
    values = {
        "statement": side.rows["statement"].number,
        "bill": side.rows["statement"].number,
        "reference": side.rows["payment"].reference,
        "customer": str(side.customer.uid),
        "uid": str(side.customer.uid),
        "pk": str(side.rows["notice"].pk),
        "next": f"/bills/{side.rows['statement'].number}/",
        "q": side.words.name,
    }
    return {**dict.fromkeys((*NAMES, *MORE), side.account.number), **values}


def typed(data: dict[str, object], address: str) -> str:
    return f"{address} {' '.join(map(str, data.values()))}"


@pytest.mark.parametrize("name", ASKING)
def test_a_query_with_foreign_values_shows_nothing_of_them(world, name):
    person, wrong, asked = world.people[name], [], 0
    query = query_of(world.foreign)
    for route in asked_routes():
        rows = table.load().of(route)
        if not objects.can_find(route) or cell(rows, person, "GET") == table.REFUSED:
            continue
        side = person.helps or world.own
        address = objects.address(route, side)
        said = text_of(ask(person, "GET", address, query))
        allowed = visible(rows, person, "GET", world.foreign)
        found = leaks(said, world.foreign, allowed=allowed, asked=typed(query, address))
        wrong += [f"{address}: {leak}" for leak in found]
        asked += 1
    print(f"{asked} addresses", *wrong, sep="\n")

    assert wrong == []


def test_a_form_with_foreign_values_shows_nothing_and_changes_nothing_of_them(world):
    foreign = world.foreign
    data, wrong = {**planted(foreign), **query_of(foreign)}, []
    mine = _keys(foreign)
    before = dump.dump()
    own = [route for route in asked_routes() if objects.can_find(route)]
    for post in posts(world, own):
        rows = table.load().of(post.route)
        if post.side is foreign or cell(rows, post.person, "POST") == table.ALLOWED:
            continue
        data_sent = {**data, **post.person.sends}
        response, found = sent(post, data_sent, before)
        allowed = visible(rows, post.person, "POST", foreign)
        asked = typed(data_sent, post.address)
        shown = leaks(text_of(response), foreign, allowed=allowed, asked=asked)
        wrong += [f"{post.address} shows {leak}" for leak in shown]
        wrong += [f"{post.address} changes {row}" for row in found.touched & mine]
    print(*wrong, sep="\n")

    assert wrong == []


def _keys(side: Side) -> set[tuple[str, object]]:
    """Return table and key of the other customer's rows."""
    rows = [side.customer, side.account, side.holder, *side.rows.values()]
    shared = ("run", "event", "colleague", "colleague_invitation", "relation")
    common = [side.rows[name] for name in shared]
    return {
        (row._meta.db_table, row.pk)
        for row in rows
        if isinstance(row, models.Model) and row not in common
    }
