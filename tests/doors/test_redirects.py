"""No address of ours leads on to another site, whatever `next` says."""

from __future__ import annotations

from itertools import cycle
from urllib.parse import urlencode, urlsplit

import pytest
from django.urls import reverse

from tests.accounts.factories import make_user, make_utility
from tests.doors.pages import WALKERS, addresses
from tests.permissions.asking import ask

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "https:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "\thttps://evil.example/",
    "/%09/evil.example/",
    "http://testserver:80@evil.example",
]
NAMES = ("next", "redirect_to", "return", "url", "continue", "_popup")


def leads_out(answer) -> bool:
    """Tell whether a browser would go to another host, reading the address as browsers do."""
    goal = answer.headers.get("Location", "").replace("\\", "/").strip()
    parts = urlsplit(goal)
    is_ours = parts.netloc in ("", "testserver") and not goal.startswith("//")
    return not is_ours or parts.scheme not in ("", "http", "https")


@pytest.mark.parametrize("name", WALKERS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_address_leads_out(world, name, method):
    person = world.people[name]
    faults = []
    for (_route, address), goal in zip(addresses(world, person), cycle(ELSEWHERE), strict=False):
        query = urlencode(dict.fromkeys(NAMES, goal))
        answer = ask(person, method, f"{address}?{query}", dict.fromkeys(NAMES, goal))
        faults += [f"{address} to {answer.headers['Location']}"] if leads_out(answer) else []

    assert faults == []


@pytest.mark.parametrize("goal", ELSEWHERE)
@pytest.mark.parametrize("name", ["account_login", "account_logout", "change_language"])
def test_the_doors_lead_home_instead(client, name, goal):
    make_utility()
    user = make_user(password=PASSWORD)
    if name == "account_logout":
        client.force_login(user)
    typed = {"login": user.email, "password": PASSWORD, "language": "es", "next": goal}

    answer = client.post(reverse(name), typed)
    read = client.get(reverse(name), {"next": goal})

    assert answer.status_code in (200, 204, 302)
    assert not leads_out(answer) and not leads_out(read)


@pytest.mark.parametrize("goal", ["abc", "%", "security", "..", "inbox"])
def test_a_word_is_no_address(client, goal):
    make_utility()
    client.force_login(make_user())

    answer = client.get(reverse("security_codes"), {"next": goal})

    assert answer.url == reverse("security")


def test_signing_in_leads_to_the_page_that_was_asked_for(client):
    make_utility()
    user = make_user(password=PASSWORD)

    asked = client.get("/inbox/")
    answer = client.post(asked.url, {"login": user.email, "password": PASSWORD, "next": "/inbox/"})

    assert asked.url == "/accounts/login/?next=/inbox/"
    assert answer.url == "/inbox/"
