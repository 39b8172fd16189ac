"""A made-up host is not answered, and no link is built from what the request says of itself."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests.accounts.factories import make_user, make_utility

pytestmark = pytest.mark.django_db
HOSTS = ["evil.example", "testserver.evil.example", "testserver@evil.example", "a b", "x\x00y", ""]


@pytest.fixture(autouse=True)
def one_host(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    make_utility()


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_host_gets_our_own_page(client, host, method):
    answer = getattr(client, method)("/", headers={"host": host})

    assert answer.status_code == 400
    assert "This request cannot be read" in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


@pytest.mark.parametrize(
    "header", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL"]
)
def test_a_forged_header_is_in_no_page_and_no_mail(client, header):
    user = make_user()
    forged = {header: "host=evil.example" if header == "Forwarded" else "evil.example"}

    page = client.post(reverse("account_reset_password"), {"email": user.email}, headers=forged)
    shown = client.get(reverse("account_login"), headers=forged)

    assert page.status_code == 302 and "evil" not in page.url
    assert "evil" not in shown.content.decode()
    assert "evil" not in mail.outbox[-1].body


def test_a_forged_scheme_is_believed_from_a_trusted_proxy_only(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = None

    answer = Client().get("/", headers={"X-Forwarded-Proto": "https"})

    assert answer.status_code == 301
    assert answer.url == "https://testserver/"
