"""Shared ground for all tests: cheap passwords, a cache of each worker's own, the browser."""

from __future__ import annotations

import gc
import os
import tempfile
from pathlib import Path
from unittest.mock import patch

import pytest
from django.conf import settings as django_settings

from tests import migrated

LONG = ("test_pseudo.py",)
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop of its own


def pytest_configure(config: pytest.Config) -> None:
    if django_settings.ON_SQLITE:  # a file: in memory, threads lock each other's tables
        folder = Path(tempfile.mkdtemp(prefix="test-"))
        test = django_settings.DATABASES["default"].setdefault("TEST", {})
        test["NAME"] = str(folder / "test.sqlite3")
    else:
        copy_what_is_migrated(config)
    django_settings.LANGUAGES = list(django_settings.LANGUAGE_NAMES.items())
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if django_settings.REDIS_URL:
        worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
        server = django_settings.REDIS_URL.rstrip("/")
        django_settings.CACHES["default"]["LOCATION"] = f"{server}/{worker + 1}"


def copy_what_is_migrated(config: pytest.Config) -> None:
    """Let every worker begin with a copy of one database, which who starts them migrates."""
    is_worker = hasattr(config, "workerinput")
    if is_worker or config.getoption("numprocesses", None):
        test = django_settings.DATABASES["default"].setdefault("TEST", {})
        test["TEMPLATE"] = migrated.name()
        if not is_worker:
            migrated.make()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with those that take a minute, so that no worker is left with one at the end."""
    items.sort(key=lambda item: item.path.name not in LONG)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Spare the collector the thousands of tests and modules that stay until the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session", autouse=True)
def words_are_compiled():
    """Read every language as it is written now."""
    from core.translations import catalogues

    catalogues.compile_stale()


@pytest.fixture(scope="session", autouse=True)
def flush_what_is_full():
    """Let a transactional test empty the tables that the product never empties, and those alone."""
    from django.core.management.commands import flush
    from django.db import connections

    from tests.flushing import empty

    def handle(command: flush.Command, **options: str) -> None:
        empty(connections[options["database"]])

    with patch.object(flush.Command, "handle", handle):
        yield


@pytest.fixture(scope="session", autouse=True)
def signed_in_means_both_factors():
    """Let `force_login` sign staff in as the doors demand; `password_only` is for testing them."""
    from django.test import Client

    from tests.signing_in import sign_in

    with patch.object(Client, "force_login", sign_in):
        yield


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Forget the bodies of bills: a rolled back test leaves its keys to the next one."""
    from statements.presentation.body import kept

    kept.clear()


@pytest.fixture(autouse=True)
def empty_cache(request: pytest.FixtureRequest) -> None:
    """Forget the rate limits of earlier tests; a rolled back test has forgotten them already."""
    from django.core.cache import cache

    marker = request.node.get_closest_marker("django_db")
    lasting = "live_server" in request.fixturenames or (
        marker is not None and marker.kwargs.get("transaction", False)
    )
    if lasting:
        request.getfixturevalue("transactional_db")
    if lasting or django_settings.REDIS_URL:
        cache.clear()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """Start the Chromium that is installed; as root it needs its sandbox off."""
    arguments = dict(browser_type_launch_args)
    if path := os.environ.get("CHROMIUM"):
        arguments["executable_path"] = path
    if os.geteuid() == 0:
        arguments["args"] = ["--no-sandbox"]
    return arguments


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many cells of the table of permissions were asked for, by all workers together."""
    reports = terminalreporter.stats.get("passed", [])
    found = [
        value
        for report in reports
        for name, value in report.user_properties
        if name == "permission cells"
    ]
    if found:
        terminalreporter.write_line(f"permission cells: {sum(found)}")
