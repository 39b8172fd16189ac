"""The admin pages can be switched off, or be there for some networks only."""

from __future__ import annotations

import pytest

from accounts.staff import StaffRole
from tests.accounts.factories import make_user, make_utility

pytestmark = pytest.mark.django_db
PAGES = ["/admin/", "/admin/accounts/user/", "/admin/login/", "/admin/no/such/"]


@pytest.fixture
def boss(client):
    make_utility()
    client.force_login(make_user(roles=[StaffRole.ADMINISTRATOR]))
    return client


def test_they_are_there(boss):
    assert boss.get("/admin/").status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_switched_off_they_are_not_there(boss, settings, page):
    settings.ADMIN_ENABLED = False

    answer = boss.get(page)

    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("10.1.2.3", 200),
        ("10.2.0.1", 404),
        ("2001:db8::7", 200),
        ("2001:db9::7", 404),
        ("nonsense", 404),
    ],
)
def test_they_are_there_for_some_networks(boss, settings, address, status):
    settings.ADMIN_NETWORKS = ["10.1.0.0/16", "2001:db8::/32"]

    assert boss.get("/admin/", REMOTE_ADDR=address).status_code == status


def test_a_forged_address_opens_nothing(boss, settings):
    settings.ADMIN_NETWORKS = ["10.1.0.0/16"]

    forged = {"X-Forwarded-For": "10.1.2.3", "X-Real-IP": "10.1.2.3"}

    assert boss.get("/admin/", REMOTE_ADDR="203.0.113.1", headers=forged).status_code == 404


@pytest.mark.parametrize("is_on", [True, False])
def test_the_menu_names_them_only_when_they_are_there(boss, settings, is_on):
    settings.ADMIN_ENABLED = is_on

    page = boss.get("/").content.decode()

    assert ('href="/admin/"' in page) is is_on
