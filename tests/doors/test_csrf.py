"""A form without its token changes nothing, and our own page says so."""

from __future__ import annotations

from http.cookies import SimpleCookie
from itertools import cycle

import pytest
from django.db import transaction
from django.test import Client

from tests.doors.pages import WALKERS, addresses

pytestmark = pytest.mark.django_db
SIGNED = ("webhooks/",)  # the provider signs what it sends; a browser is no part of it


@pytest.mark.parametrize(
    ("name", "methods"),
    [*((name, ["post"]) for name in WALKERS), ("administrator", ["put", "patch", "delete"])],
)
def test_what_comes_without_its_token_is_refused(world, name, methods):
    """Each page is sent a form; those that no page has are refused before any is looked for."""
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    faults = []
    for (route, address), method in zip(addresses(world), cycle(methods), strict=False):
        if route.startswith(SIGNED):
            continue
        strict.cookies = SimpleCookie(world.people[name].cookies)
        savepoint = transaction.savepoint()
        answer = getattr(strict, method)(address)
        transaction.savepoint_rollback(savepoint)
        said = answer.content.decode()
        if answer.status_code != 403 or "This form is too old" not in said or "Traceback" in said:
            faults.append(f"{address}: {answer.status_code}")

    assert faults == []


@pytest.mark.parametrize("token", ["", "x" * 32, "y" * 64])
def test_a_token_of_ones_own_making_is_refused(client, token):
    strict = Client(enforce_csrf_checks=True)
    strict.get("/accounts/login/")

    answer = strict.post("/accounts/login/", {"csrfmiddlewaretoken": token})

    assert answer.status_code == 403
    assert "Sign in again" in answer.content.decode()


def test_a_form_of_another_site_is_refused():
    strict = Client(enforce_csrf_checks=True)
    token = strict.get("/accounts/login/").context["csrf_token"]

    answer = strict.post(
        "/accounts/login/",
        {"csrfmiddlewaretoken": str(token)},
        headers={"origin": "https://evil.example"},
    )

    assert answer.status_code == 403
