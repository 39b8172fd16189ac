"""Errors and faults carry the headers that every page carries (see tests/permissions)."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from core import headers
from tests.accounts.factories import make_user
from tests.doors.answers import lacks

pytestmark = pytest.mark.django_db


def test_errors_and_files_carry_them_too(client, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    strict = Client(enforce_csrf_checks=True)
    answers = {
        400: client.get("/", headers={"host": "evil.example"}),
        403: strict.post(reverse("account_login")),
        404: client.get("/no/such/page/"),
        405: client.generic("TRACE", "/"),
    }

    assert {status: a.status_code for status, a in answers.items()} == {s: s for s in answers}
    assert {status: lacks(a) for status, a in answers.items()} == {s: [] for s in answers}


def test_a_fault_of_ours_carries_them_too(settings, monkeypatch):
    from reports.views import home

    settings.DEBUG = False
    monkeypatch.setattr(home, "render", lambda *a, **k: 1 / 0)
    answer = Client(raise_request_exception=False).get("/")

    assert answer.status_code == 500
    assert lacks(answer) == []
    assert "Something failed on our side" in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


def test_production_asks_for_tls_and_for_its_subdomains_too(settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True

    answer = Client().get("/", secure=True)

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_signing_out_clears_what_the_browser_kept_and_leads_on(client):
    client.force_login(make_user())

    answer = client.post(reverse("account_logout"))

    assert answer.status_code == 302
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in client.get("/").headers
    assert client.get(reverse("account_email")).status_code == 302


def test_a_view_may_say_otherwise():
    def view(request):
        return HttpResponse(headers={"Cross-Origin-Resource-Policy": "cross-origin"})

    answer = headers.SafeAnswers(view)(RequestFactory().get("/"))

    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
