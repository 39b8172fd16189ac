"""Ways of asking that are not meant are refused everywhere."""

from __future__ import annotations

import pytest

from tests.doors.pages import addresses

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
