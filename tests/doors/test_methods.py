"""Ways of asking that are not meant are refused, and none pretends to be another."""

from __future__ import annotations

import pytest

from tests.doors.pages import addresses
from tests.permissions.asking import ask

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND", "FROB"])
def test_unknown_ways_of_asking_are_refused_everywhere(world, method):
    client = world.people["administrator"].client
    answers = {
        address: client.generic(method, address, headers={"X-Echo": "secret"})
        for _route, address in addresses(world)
    }

    assert {a.status_code for a in answers.values()} == {405}
    assert not any(b"secret" in a.content for a in answers.values())


def test_a_header_makes_no_post_of_a_get(world):
    pretending = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
    person = world.people["administrator"]
    for _route, address in addresses(world):
        plain = ask(person, "GET", address)
        disguised = ask(person, "GET", address, headers=dict.fromkeys(pretending, "POST"))

        assert disguised.status_code == plain.status_code, address
