"""A start refuses weak production settings, each by name; a sensible production is quiet."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from billing_site import security_checks, start
from tests.house.code import ROOT

SENSIBLE = {
    "PRODUCTION": "on",
    "SECRET_KEY": "s3cr3t-of-this-house-" + "k" * 40,
    "FIELD_KEYS": "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY=",
    "FIELD_INDEX_KEY": "i" * 64,
    "ALLOWED_HOSTS": "bills.example.org",
    "SITE_URL": "https://bills.example.org",
    "BEHIND_TLS_PROXY": "on",
    "TRUSTED_PROXY_COUNT": "1",
    "DATABASE_URL": "postgresql://app:word@db.example.org/meterbook?sslmode=verify-full",
    "REDIS_URL": "rediss://cache.example.org:6379",
    "EMAIL_HOST": "mail.example.org",
    "EMAIL_USE_TLS": "on",
}


def run(*command, **changed):
    environment = {"PATH": os.environ["PATH"], "TZ": "UTC", **SENSIBLE, **changed}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def production(settings):
    settings.PRODUCTION = True
    settings.PLAIN_HTTP = False
    settings.ALLOWED_HOSTS = ["bills.example.org"]
    settings.SITE_URL = "https://bills.example.org"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = security_checks.A_YEAR
    settings.SECURE_PROXY_SSL_HEADER = None
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "localhost"
    settings.REDIS_URL = ""
    settings.ON_SQLITE = True
    return settings


def ids():
    return [message.id.removeprefix("billing_site.") for message in found()]


def found():
    return [*security_checks.production_doors(), *security_checks.admin_networks()]


def test_a_sensible_production_is_quiet(production):
    assert found() == []


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("ALLOWED_HOSTS", [], "E020"),
        ("ALLOWED_HOSTS", [".example.org"], "E021"),
        ("SECRET_KEY_FALLBACKS", ["insecure-development-key-" + "x" * 40], "E022"),
        ("SECRET_KEY_FALLBACKS", ["short"], "E022"),
        ("SESSION_COOKIE_SECURE", False, "E023"),
        ("CSRF_COOKIE_SECURE", False, "E023"),
        ("SITE_URL", "http://bills.example.org", "E024"),
        ("SECURE_SSL_REDIRECT", False, "E025"),
        ("SECURE_HSTS_SECONDS", 60, "W021"),
        ("SECURE_PROXY_SSL_HEADER", ("HTTP_X_FORWARDED_PROTO", "https"), "E026"),
        ("CSRF_TRUSTED_ORIGINS", ["http://bills.example.org"], "E027"),
        ("CSRF_TRUSTED_ORIGINS", ["https://*.example.org"], "E027"),
        ("ADMIN_NETWORKS", ["10.0.0.0/33"], "E028"),
        ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", "E029"),
        ("EMAIL_BACKEND", "notifications.outbox.FileBackend", "E029"),
        ("PLAIN_HTTP", True, "W020"),
        ("EMAIL_HOST", "mail.example.org", "W022"),
        ("REDIS_URL", "redis://cache.example.org:6379", "W024"),
    ],
)
def test_one_weak_setting_is_named(production, name, value, code):
    setattr(production, name, value)

    assert ids() == [code]


def test_a_database_elsewhere_wants_tls(production):
    production.ON_SQLITE = False
    database = {"HOST": "db.example.org", "OPTIONS": {"sslmode": "prefer"}}
    production.DATABASES = {"default": database}
    assert ids() == ["W023"]

    database["HOST"] = "/run/postgresql"
    assert ids() == []


def test_outside_production_nothing_is_asked(settings):
    settings.PRODUCTION = False

    assert found() == []


def test_check_deploy_is_clean_for_a_sensible_production():
    checked = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"SECRET_KEY": "short"}, "E001"),
        ({"SITE_URL": "http://bills.example.org"}, "E024"),
        ({"DEMO": "on"}, "E004"),
        ({"TRUSTED_PROXY_COUNT": "0"}, "E026"),
    ],
)
def test_the_pages_refuse_to_start(changed, code):
    started = run("-c", "import billing_site.wsgi", **changed)

    assert started.returncode != 0
    assert f"billing_site.{code}" in started.stderr


def test_the_pages_start_with_sensible_settings():
    started = run("-c", "import billing_site.wsgi")

    assert started.returncode == 0, started.stderr


def test_names_of_cookies_are_bound_to_the_host_in_production():
    script = (
        "import django; django.setup(); from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE,"
        " s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH)"
    )
    ran = run("-c", script, DJANGO_SETTINGS_MODULE="billing_site.settings")

    assert ran.stdout.split() == [
        "__Host-sessionid",
        "__Host-csrftoken",
        "True",
        "True",
        "None",
        "/",
    ]


def test_an_open_door_is_named_when_the_pages_start(production):
    production.SITE_URL = "http://bills.example.org"

    with pytest.raises(ImproperlyConfigured, match="SITE_URL is not https"):
        start.refuse_weak_settings()
