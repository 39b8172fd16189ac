"""Every answer carries the same headers: pages, redirects, refusals, errors, files."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from core import headers
from tests.accounts.factories import make_user
from tests.doors.pages import WALKERS, addresses
from tests.permissions.asking import ask

pytestmark = pytest.mark.django_db
POLICY = {
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}
SAME = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": headers.PERMISSIONS,
}
# The form of these pages is answered by a redirect to the provider's page.
TO_THE_PROVIDER = ("pay_bill", "pay_account", "check_bill", "check_account", "again", "result")


def wrong(response) -> list[str]:
    """Return what an answer's headers lack or say otherwise."""
    found = [
        f"{name}: {response.headers.get(name)}"
        for name, value in SAME.items()
        if response.headers.get(name) != value
    ]
    policy = set(response.headers.get("Content-Security-Policy", "").split("; "))
    leads_out = {part for part in policy if settings.STRIPE_CHECKOUT_ORIGIN in part}
    if leads_out and response.resolver_match.url_name in TO_THE_PROVIDER:
        policy = policy - leads_out | {"form-action 'self'"}
    if policy != POLICY:
        found.append(f"Content-Security-Policy: {sorted(policy ^ POLICY)}")
    if "Access-Control-Allow-Origin" in response.headers or "Server" in response.headers:
        found.append("says too much")
    return found


@pytest.mark.parametrize("name", WALKERS)
def test_every_address_answers_with_the_headers(world, name):
    person = world.people[name]
    faults = [
        f"{method} {address}: {fault}"
        for _route, address in addresses(world, person)
        for method in ("GET", "POST")
        for fault in wrong(ask(person, method, address))
    ]

    assert faults == []


@pytest.mark.parametrize("name", ["customer", "administrator", "support_helping"])
def test_no_page_of_a_signed_in_person_is_kept(world, name):
    person = world.people[name]
    kept = [
        address
        for _route, address in addresses(world, person)
        if "no-store" not in ask(person, "GET", address).headers.get("Cache-Control", "")
        and not address.endswith("jsi18n/")
    ]

    assert kept in ([], ["/healthz", "/readyz", "/metrics"])


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
    assert {status: wrong(a) for status, a in answers.items()} == {s: [] for s in answers}


def test_a_fault_of_ours_carries_them_too(settings, monkeypatch):
    from reports.views import home

    settings.DEBUG = False
    monkeypatch.setattr(home, "render", lambda *a, **k: 1 / 0)
    answer = Client(raise_request_exception=False).get("/")

    assert answer.status_code == 500
    assert wrong(answer) == []
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
