"""What every test in a browser needs: files served plainly, an ear for complaints, a phone."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django_otp.oath import TOTP

from tests.sandbox.running import KEY, SECRET, start

PASSWORD = "correct horse battery staple"


@pytest.fixture
def plain_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def hosts(live_server):
    """Addresses that pages of a test may ask: ours; the sandbox adds itself."""
    return [live_server.url]


@pytest.fixture
def people(browser, live_server, hosts, plain_files):
    """Open a browser of its own for each person; complain if one asks other hosts for anything."""
    contexts = []
    complaints = []

    def open_browser(**options):
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if is_trouble(m) else None)
        page.on("request", lambda r: None if r.url.startswith(tuple(hosts)) else other(r.url))
        return page

    def other(url):
        if not url.startswith(("data:", "blob:")):
            complaints.append(url)

    yield open_browser
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def sandbox(live_server, hosts, settings, tmp_path):
    """The payment provider, a process of its own."""
    running = start(tmp_path, f"{live_server.url}/webhooks/stripe/")
    hosts.append(running.url)
    settings.STRIPE_SECRET_KEY = KEY
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    settings.STRIPE_API_BASE = settings.STRIPE_CHECKOUT_ORIGIN = running.url
    settings.STRIPE_METHODS = ["card", "bank_debit"]
    settings.SITE_URL = live_server.url
    yield running
    running.stop()


def is_trouble(message):
    """Tell an error of a page from a page that is refused on purpose."""
    return message.type == "error" and "status of 4" not in message.text


class Phone:
    """An authenticator app: six digits for each 30 seconds."""

    def __init__(self, key):
        self.key = base64.b32decode(key.replace(" ", ""))

    def code(self, at):
        totp = TOTP(self.key)
        totp.time = at.timestamp()
        return f"{totp.token():06d}"


class Wait:
    """Real time that a test may let pass."""

    def __init__(self, monkeypatch):
        self.passed = timedelta()
        monkeypatch.setattr("core.clock.real_now", self.now)

    def now(self):
        return datetime.now(UTC) + self.passed

    def a(self, **duration):
        self.passed += timedelta(**duration)


@pytest.fixture
def wait(monkeypatch):
    return Wait(monkeypatch)


def code_of_mail():
    """Return the code of the newest mail."""
    return re.search(r"^([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})?)$", mail.outbox[-1].body, re.M)[1]


def sign_in(page, user, *, password=PASSWORD):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def main(page):
    return " ".join(page.get_by_role("main").inner_text().split())
