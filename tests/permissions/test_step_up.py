"""What the table marks is done only by who showed a moment ago that it is still they."""

from __future__ import annotations

import pytest
from django.urls import reverse

from billing_site.permissions import table
from tests.permissions import dump, objects
from tests.permissions.posts import posts, sent
from tests.permissions.test_matrix import asked_routes
from tests.signing_in import let_it_be_long_ago

pytestmark = pytest.mark.django_db


def marked() -> list[str]:
    rows = {route: table.load().of(route) for route in asked_routes()}
    return [
        route
        for route, of_route in rows.items()
        if any(row.step_up and "POST" in row.methods for row in of_route)
        and objects.can_find(route)
    ]


def test_a_form_that_needs_it_leads_to_the_step_up_and_writes_nothing(world):
    before, wrong, forms = dump.dump(), [], 0
    made = list(posts(world, marked()))
    for person in {post.person for post in made}:
        let_it_be_long_ago(person.client)
    door = reverse("security_step_up")
    for post in made:
        response, found = sent(post, post.data, before)
        if not response.headers.get("Location", "").startswith(door):
            wrong.append(f"{post.route}: {post.person.name} is answered {response.status_code}")
        wrong += [f"{post.route} writes {line}" for line in sorted(found.summary())]
        forms += 1
    print(f"{forms} forms", *wrong, sep="\n")

    assert wrong == []
    assert forms > 20
