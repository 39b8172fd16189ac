"""Is it alive, is it ready, and a few numbers for a monitor."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from billing_site import gauges


@login_not_required
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer while the process lives; asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when every part needed to serve a page works, else 503; reasons either way.

    Redis only saves work: pages are served and bills are paid while it is away.
    """
    failures = {name: reason for name, check in CHECKS.items() if (reason := _reason(check))}
    spared = {"cache"} if settings.REDIS_URL else set()
    is_ready = spared.issuperset(failures)
    return JsonResponse({"ready": is_ready, "failures": failures}, status=200 if is_ready else 503)


@login_not_required
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Print counts in the text form of Prometheus, to those addresses that may ask."""
    if get_adapter().get_client_ip(request) not in settings.METRICS_ALLOWED:
        return HttpResponse(status=404)
    lines = [f"meterbook_{name} {value}\n" for name, value in gauges.read().items()]
    return HttpResponse("".join(lines), content_type="text/plain; version=0.0.4")


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(missing)} migrations to apply: run manage.py migrate" if missing else ""


def _cache() -> str:
    key = f"readyz-{secrets.token_hex(8)}"
    cache.set(key, "1", 10)
    return "" if cache.get(key) == "1" else "a value written was not found again"


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "cache": _cache,
}


def _reason(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:  # any failure of a part means: not ready
        return f"{type(error).__name__}"
