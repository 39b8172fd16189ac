"""A session key that somebody else knew is worth nothing after each door."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.staff import StaffRole
from tests.accounts.doors import PASSWORD, code_of, give_app, is_in, type_code, type_password
from tests.accounts.factories import make_user, make_utility
from tests.signing_in import password_only

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def company():
    make_utility()


def key(client):
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def with_key(value):
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = value
    return client


def planted(client):
    """Return the key of a session that a stranger made and put into the browser."""
    stranger = Client()
    session = stranger.session
    session["mark"] = "planted"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return session.session_key


def test_signing_in_gives_the_session_another_key(client):
    known = planted(client)

    type_password(client, make_user(password=PASSWORD))

    assert key(client) != known
    assert is_in(client) and not is_in(with_key(known))


def test_both_steps_do(client):
    user = make_user(password=PASSWORD)
    device = give_app(user)
    known = planted(client)
    type_password(client, user)
    between = key(client)

    type_code(client, code_of(device))

    assert is_in(client)
    assert len({known, between, key(client)}) >= 2 and key(client) not in (known, between)
    assert not is_in(with_key(known)) and not is_in(with_key(between))


@pytest.mark.parametrize("door", ["security_verify", "security_step_up"])
def test_verifying_and_stepping_up_do_too(client, door):
    user = make_user(password=PASSWORD, roles=[StaffRole.FINANCE])
    device = give_app(user)
    password_only(client, user)
    known = key(client)

    client.post(reverse(door), {"password": PASSWORD, "code": code_of(device)})

    assert key(client) != known
    assert is_in(client) and not is_in(with_key(known))


def test_a_key_of_ones_own_making_is_never_taken(client):
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32

    type_password(client, make_user(password=PASSWORD))

    assert key(client) != "a" * 32
    assert not is_in(with_key("a" * 32))


def test_the_cookie_is_for_the_server_alone(client):
    type_password(client, make_user(password=PASSWORD))

    morsel = client.cookies[settings.SESSION_COOKIE_NAME]

    assert (morsel["httponly"], morsel["samesite"], morsel["path"]) == (True, "Lax", "/")
    assert morsel["domain"] == ""
