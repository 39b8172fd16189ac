"""Every field of every model sent with every form: nothing but what the form is for is written."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from billing_site.permissions.routes import routes
from tests.permissions import dump, objects
from tests.permissions.conftest import CELLS
from tests.permissions.dump import Changes
from tests.permissions.forms import planted
from tests.permissions.posts import Post, admin_posts, posts, sent

pytestmark = pytest.mark.django_db
LISTED = Path(__file__).with_name("writes.csv")


def listed() -> dict[str, set[str]]:
    """Return what each form writes: "+table" adds rows, "table.column" changes them."""
    with LISTED.open(encoding="utf-8", newline="") as lines:
        return {row["form"]: set(row["writes"].split()) for row in csv.DictReader(lines)}


def own_posts(world):
    own = [route for route in routes() if not route.startswith("admin/")]
    return posts(world, [route for route in own if objects.can_find(route)])


def restless(one: Changes, other: Changes) -> set[tuple[str, str]]:
    """Return the columns that differ each time: keys, moments, tokens."""
    pairs = zip(one.added, other.added, strict=True)
    added = {
        (table, column)
        for (table, row), (_table, again) in pairs
        for column in row
        if row[column] != again[column]
    }
    first = {(table, column): value for table, column, value in one.changed}
    return added | {(t, c) for t, c, value in other.changed if first.get((t, c)) != value}


def still(found: Changes, without: set[tuple[str, str]]) -> list[str]:
    """Return what was written, without the columns that differ each time."""
    added = [
        f"+{table} {column}={value}"
        for table, row in found.added
        for column, value in row.items()
        if (table, column) not in without
    ]
    changed = [f"{t}.{c}={value}" for t, c, value in found.changed if (t, c) not in without]
    return sorted([*added, *changed])


def extra_writes(post: Post, before: dict[str, dump.Rows], more) -> tuple[list[str], Changes]:
    """Return what more is written when every field of every model comes along."""
    more = {k: v for k, v in more.items() if k not in post.names}
    first, plain = sent(post, post.data, before)
    _answer, again = sent(post, post.data, before)
    last, attacked = sent(post, {**more, **post.data}, before)
    moving = restless(plain, again)
    wanted, found = still(plain, moving), still(attacked, moving)
    differences = [line for line in found if line not in wanted]
    differences += [line for line in wanted if line not in found]
    if plain.summary() != attacked.summary():
        differences += sorted(plain.summary() ^ attacked.summary())
    if (first.status_code, plain.removed) != (last.status_code, attacked.removed):
        differences.append(f"answered {last.status_code}, not {first.status_code}")
    return differences, plain


@pytest.mark.parametrize("kind", [own_posts, admin_posts], ids=["pages", "admin"])
def test_a_form_writes_what_it_is_for_and_nothing_else(world, kind, record_property):
    before, allowed = dump.dump(), listed()
    theirs, own = planted(world.foreign), planted(world.own)
    wrong, sizes, writing = [], [], 0
    for post in kind(world):
        more = theirs if post.side is not world.foreign else own
        differences, plain = extra_writes(post, before, more)
        name = objects.without_key(post.address) if kind is admin_posts else post.route
        beyond = plain.summary() - allowed.get(name, set())
        wrong += [f"{name}: {line}" for line in differences]
        wrong += [f"{name}: {line} is not in writes.csv" for line in sorted(beyond)]
        sizes.append(len(more))
        writing += bool(plain.summary())
    record_property(CELLS, sum(sizes))
    print(f"{len(sizes)} forms, {writing} of them write, {sum(sizes)} cells", *wrong, sep="\n")

    assert wrong == []
    assert writing > len(sizes) / 5
