"""Recovering a password proves the mail box, and never stands in for the second factor."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.staff import StaffRole
from tests.accounts.doors import (
    code_of,
    give_app,
    is_in,
    sign_in,
    type_code,
    type_password,
)
from tests.accounts.factories import make_user, make_utility

pytestmark = pytest.mark.django_db
NEW = "another long secret"


@pytest.fixture(autouse=True)
def utility():
    return make_utility()


def recover(client, user):
    client.post(reverse("account_reset_password"), {"email": user.email})
    code = re.search(r"^([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})?)$", mail.outbox[-1].body, re.M)[1]
    client.post(reverse("account_confirm_password_reset_code"), {"code": code})
    return client.post(
        reverse("account_complete_password_reset"), {"password1": NEW, "password2": NEW}
    )


@pytest.mark.parametrize("roles", [(), (StaffRole.FINANCE,)])
def test_a_recovered_password_still_needs_the_code(client, roles):
    user = make_user(roles=roles)
    device = give_app(user)

    recover(client, user)

    assert not is_in(client)
    answer = type_password(client, user, password=NEW)
    assert answer.url == reverse("otp_login")
    assert not is_in(client)
    type_code(client, code_of(device))
    assert is_in(client)


def test_recovery_that_signs_in_at_once_would_meet_the_code_too(client, settings):
    settings.ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
    user = make_user()
    device = give_app(user)

    answer = recover(client, user)

    assert answer.url == reverse("otp_login")
    assert not is_in(client)
    type_code(client, code_of(device))
    assert is_in(client)


def test_recovery_ends_the_sessions_that_were_open(client):
    user = make_user()
    elsewhere = Client()
    sign_in(elsewhere, user)

    recover(client, user)

    assert not is_in(elsewhere)


def test_the_owner_is_told_by_mail(client):
    user = make_user()

    recover(client, user)

    said = mail.outbox[-1].body
    assert "Your password has been reset." in said and "If that was you" in said
    assert mail.outbox[-1].to == [user.email]
