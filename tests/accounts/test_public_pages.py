"""What strangers read: the first page, privacy, accessibility."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from accounts.cookies import cookies
from tests.accounts.doors import PASSWORD
from tests.accounts.factories import make_user, make_utility

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def utility():
    return make_utility(phone="+1 302 555 0100", emergency_phone="+1 302 555 0199")


def test_the_first_page_has_its_doors_and_the_emergency_number(client):
    text = client.get("/").content.decode()

    for name in ("account_login", "account_signup", "claim_account", "support:topics"):
        assert f'class="door" href="{reverse(name)}"' in text
    assert 'href="tel:+13025550199"' in text
    assert "sessionid" not in client.cookies  # no cookie before one is needed


def test_every_cookie_that_is_set_is_told(client):
    user = make_user(password=PASSWORD)
    seen = set()
    client.get(reverse("account_login"))
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    seen |= set(client.cookies)
    client.post(reverse("notifications:read_all"))
    seen |= set(client.cookies)
    client.post(reverse("display"), {"language": "es", "theme": "dark", "text_size": "150"})
    seen |= set(client.cookies)

    told = {cookie.name for cookie in cookies()}
    assert seen <= told and {"sessionid", "csrftoken", "theme", "text"} <= seen
    text = client.get(reverse("privacy")).content.decode()
    assert set(re.findall(r'<code><bdi dir="ltr">(\w+)</bdi></code>', text)) == told


def test_nothing_on_these_pages_comes_from_elsewhere(client):
    for name in ("home", "privacy", "accessibility", "support:topics"):
        text = client.get(reverse(name)).content.decode()
        loaded = re.findall(r'(?:src|<link[^>]* href)="([^"]+)"', text)
        assert [address for address in loaded if not address.startswith("/")] == []
