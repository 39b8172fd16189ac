"""Nobody learns who has a login: both branches say the same and do the same work."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import hashers
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.operations import issue_claim_code
from core import clock
from tests.accounts.factories import make_account, make_user, make_utility

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = "grace@example.com", "nobody@example.com"
PASSWORD = "correct horse battery"
CHANGING = re.compile(
    r'name="csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"|\w+@|/[\w-]{32,}/'
)


@pytest.fixture(autouse=True)
def somebody(db):
    make_utility()
    return make_user(KNOWN, password=PASSWORD)


@pytest.fixture
def hashings(monkeypatch):
    """Count how often a password is made into its digest: what takes the time."""
    counted = []
    original = hashers.MD5PasswordHasher.encode

    def encode(self, password, salt):
        counted.append(1)
        return original(self, password, salt)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", encode)
    return counted


def told(client, name, typed, hashings):
    """Return all that an outsider can tell of an answer, and the work behind it."""
    hashings.clear()
    sent = len(mail.outbox)
    answer = client.post(reverse(name), typed)
    pages = [answer]
    if answer.status_code == 302:
        pages.append(client.get(answer.url))
    return {
        "status": [page.status_code for page in pages],
        "where": answer.headers.get("Location"),
        "said": [CHANGING.sub("", page.content.decode()) for page in pages],
        "headers": [_headers(page) for page in pages],
        "cookies": [_cookies(page) for page in pages],
        "hashings": len(hashings),
        "mails": len(mail.outbox) - sent,
    }


def _headers(page):
    return {
        k: v
        for k, v in page.headers.items()
        if k not in ("Content-Length", "Expires", "Set-Cookie")
    }


def _cookies(page):
    """Return the cookies' names and attributes; messages that a cookie carries are their text."""
    return {
        name: {k: v for k, v in morsel.items() if k != "expires"}
        for name, morsel in page.cookies.items()
    }


def both(door, hashings, **typed):
    field = "login" if door == "account_login" else "email"
    return [
        told(Client(), door, {**typed, field: address}, hashings) for address in (KNOWN, UNKNOWN)
    ]


def test_sign_in_with_a_wrong_password(hashings):
    known, unknown = both("account_login", hashings, password="not the password")

    assert known == unknown
    assert known["hashings"] == 1


def test_sign_in_that_is_refused_after_many_tries(hashings):
    for _ in range(6):
        known, unknown = both("account_login", hashings, password="not the password")

    assert known == unknown
    assert known["hashings"] == 0
    assert "Too many tries" in known["said"][0]


def test_sign_in_of_a_login_that_was_ended(hashings, somebody):
    User.objects.filter(pk=somebody.pk).update(is_active=False)

    known, unknown = both("account_login", hashings, password="not the password")

    assert known == unknown


def test_recovery(hashings):
    known, unknown = both("account_reset_password", hashings)

    assert known == unknown
    assert known["mails"] == 1


def test_the_code_of_a_recovery_that_nobody_was_sent(hashings):
    found = []
    for address in (KNOWN, UNKNOWN):
        client = Client()
        client.post(reverse("account_reset_password"), {"email": address})
        found.append(
            told(client, "account_confirm_password_reset_code", {"code": "AAAA-AAAA"}, hashings)
        )

    assert found[0] == found[1]


def test_sign_up(hashings):
    typed = {"name": "Grace Hopper", "phone": "+12125552368", "password1": "a long new pass phrase"}

    known, unknown = both("account_signup", hashings, **typed)

    assert known == unknown
    assert known["hashings"] == 1 and known["mails"] == 1


def test_the_code_of_a_sign_up_that_nobody_was_sent(hashings):
    typed = {"name": "Grace Hopper", "phone": "+12125552368", "password1": "a long new pass phrase"}
    found = []
    for address in (KNOWN, UNKNOWN):
        client = Client()
        client.post(reverse("account_signup"), {**typed, "email": address})
        found.append(
            told(client, "account_email_verification_sent", {"code": "AAAA-AAAA"}, hashings)
        )

    assert found[0] == found[1]


def test_claiming_an_account(somebody, hashings):
    account, other = make_account(), make_account()
    issue_claim_code(other, clock.real_now())
    found = []
    for number in (account.number, other.number, "0000000000"):
        client = Client()
        client.force_login(make_user(name="Ada Lovelace"))
        typed = {"number": number, "code": "AAAA-BBBB-CCCC"}
        answer = told(client, "claim_account", typed, hashings)
        answer["said"] = [text.replace(number, "") for text in answer["said"]]
        found.append(answer)

    assert found[0] == found[1] == found[2]
    assert found[0]["status"] == [422]
