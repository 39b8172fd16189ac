"""The first page of staff: it names where they work, and nothing that refuses them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.staff import StaffRole
from billing_site.work import places
from tests.statements.factories import make_staff, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.mark.parametrize("role", StaffRole)
def test_each_page_that_is_named_opens(client, role):
    person = make_staff(role)
    client.force_login(person)
    start = client.get("/").content.decode()

    for place in places(person):
        assert f'class="door" href="{reverse(place.name)}"' in start
        assert client.get(reverse(place.name)).status_code == 200, place.name


def test_support_starts_with_helping_and_is_not_led_to_empty_admin_pages():
    names = [place.name for place in places(make_staff("support"))]

    assert names[0] == "support:search"
    assert "admin:index" not in names


def test_staff_without_a_role_learn_who_gives_one(client):
    person = make_staff()
    person.is_staff = True
    person.save()
    client.force_login(person)

    page = client.get("/").content.decode()

    assert places(person) == []
    assert "You have no role here yet." in page
