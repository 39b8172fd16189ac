"""What production may not start with: addresses, cookies, proxies, mail. `wsgi.py` refuses too."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from billing_site.checks import is_weak

HERE = ("", "localhost", "127.0.0.1", "::1")
WITHOUT_MAIL = ("console", "filebased", "locmem", "dummy", "outbox")
A_YEAR = 31_536_000


@register(Tags.security)
def production_doors(**kwargs: Any) -> list[CheckMessage]:
    """Report weak settings of an installation that serves real people."""
    if not settings.PRODUCTION:
        return []
    return [*_hosts(), *_transport(), *_proxies(), *_origins(), *_mail(), *_servers()]


@register(Tags.security)
def admin_networks(**kwargs: Any) -> list[CheckMessage]:
    """A mistyped network would fail at each request instead of at the start."""
    wrong = [each for each in settings.ADMIN_NETWORKS if not _is_network(each)]
    if not wrong:
        return []
    hint = "Write networks as 10.1.0.0/16 or 2001:db8::/32, separated by commas."
    return [_error(f"ADMIN_NETWORKS holds {', '.join(wrong)}", hint, "E028")]


def _hosts() -> Iterator[CheckMessage]:
    hosts = settings.ALLOWED_HOSTS
    if not hosts:
        yield _error("ALLOWED_HOSTS is empty", "Name the hosts of your pages.", "E020")
    broad = [host for host in hosts if host.startswith(".")]
    if broad:
        hint = "Name each host: whoever owns one under that domain could stand for yours."
        yield _error(f"ALLOWED_HOSTS holds whole domains: {', '.join(broad)}", hint, "E021")
    weak = [key for key in settings.SECRET_KEY_FALLBACKS if is_weak(key)]
    if weak:
        hint = "Remove it: what it signed is believed as much as what SECRET_KEY signs."
        yield _error("SECRET_KEY_FALLBACKS holds a short or development key", hint, "E022")


def _transport() -> Iterator[CheckMessage]:
    if settings.PLAIN_HTTP:
        hint = "Unset PLAIN_HTTP as soon as there is a certificate."
        yield _warning("PLAIN_HTTP is on: passwords and cookies travel readable", hint, "W020")
        return
    if not (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE):
        yield _error("Cookies would travel without TLS", "Leave them secure.", "E023")
    if not settings.SITE_URL.startswith("https://"):
        hint = "Set it to the https address of your pages, or PLAIN_HTTP=on in a closed network."
        yield _error("SITE_URL is not https", hint, "E024")
    if not (settings.SECURE_SSL_REDIRECT or settings.SECURE_PROXY_SSL_HEADER):
        hint = "Leave SECURE_SSL_REDIRECT on, or set BEHIND_TLS_PROXY=on if your proxy redirects."
        yield _error("Nothing sends plain requests to https", hint, "E025")
    if settings.SECURE_HSTS_SECONDS < A_YEAR:
        hint = "Leave SECURE_HSTS_SECONDS unset once TLS works: a year."
        yield _warning("Browsers forget soon that these pages need TLS", hint, "W021")


def _proxies() -> Iterator[CheckMessage]:
    if settings.SECURE_PROXY_SSL_HEADER and settings.ALLAUTH_TRUSTED_PROXY_COUNT < 1:
        hint = "Set TRUSTED_PROXY_COUNT to the number of proxies of yours, often 1."
        yield _error(
            "BEHIND_TLS_PROXY is on, and all visitors would count as one address", hint, "E026"
        )


def _origins() -> Iterator[CheckMessage]:
    loose = [o for o in settings.CSRF_TRUSTED_ORIGINS if not o.startswith("https://") or "*" in o]
    if loose and not settings.PLAIN_HTTP:
        hint = "Name whole https origins, or leave it empty: our own pages need none."
        yield _error(f"CSRF_TRUSTED_ORIGINS is loose: {', '.join(loose)}", hint, "E027")


def _mail() -> Iterator[CheckMessage]:
    if any(name in settings.EMAIL_BACKEND for name in WITHOUT_MAIL):
        hint = "Unset EMAIL_BACKEND: codes and bills would reach nobody."
        yield _error("EMAIL_BACKEND sends no mail", hint, "E029")
    has_tls = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    if settings.EMAIL_HOST not in HERE and not has_tls:
        hint = "Set EMAIL_USE_TLS=on or EMAIL_USE_SSL=on: mails carry codes."
        yield _warning("Mail goes to another machine without TLS", hint, "W022")


def _servers() -> Iterator[CheckMessage]:
    database = settings.DATABASES["default"]
    if not settings.ON_SQLITE and _is_elsewhere(database["HOST"]):
        mode = database.get("OPTIONS", {}).get("sslmode", "")
        if mode not in ("require", "verify-ca", "verify-full"):
            hint = "Add ?sslmode=verify-full to DATABASE_URL."
            yield _warning("PostgreSQL is on another machine, without TLS", hint, "W023")
    redis = urlsplit(settings.REDIS_URL)
    if redis.scheme == "redis" and _is_elsewhere(redis.hostname or _socket(redis.query)):
        hint = "Write REDIS_URL as rediss://..."
        yield _warning("Redis is on another machine, without TLS", hint, "W024")


def _socket(query: str) -> str:
    return parse_qs(query).get("host", [""])[0]


def _is_elsewhere(host: str) -> bool:
    return host not in HERE and not host.startswith("/")


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def _error(problem: str, hint: str, number: str) -> Error:
    return Error(f"{problem}.", hint=hint, id=f"billing_site.{number}")


def _warning(problem: str, hint: str, number: str) -> Warning:
    return Warning(f"{problem}.", hint=hint, id=f"billing_site.{number}")
