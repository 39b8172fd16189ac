"""Throw-away PostgreSQL databases beside the configured one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from django.core.management import call_command
from django.db import connection

_serial = count(1)


class NoPostgreSQL(Exception):
    """DATABASE_URL does not name a PostgreSQL; this benchmark needs one."""


def require_postgresql() -> None:
    """Refuse to go on without a PostgreSQL.

    :raises NoPostgreSQL: if another database is configured
    """
    if connection.vendor != "postgresql":
        raise NoPostgreSQL(
            "This benchmark needs PostgreSQL: set DATABASE_URL, or run `make bench`, "
            "which starts a throw-away server."
        )


@contextmanager
def migrated() -> Iterator[str]:
    """Make an empty database with all tables and use it inside the block; yield its name."""
    with _made("") as name, using(name):
        call_command("migrate", verbosity=0, interactive=False)
        yield name


def analyse() -> None:
    """Do what the server does by itself after a while: clean up, and count for the planner."""
    _run("VACUUM ANALYZE")


@contextmanager
def copy_of(template: str) -> Iterator[str]:
    """Copy a database that nobody is connected to, and use the copy inside the block."""
    connection.close()
    with _made(template) as name, using(name):
        yield name


@contextmanager
def using(name: str) -> Iterator[None]:
    """Let Django's default connection speak to another database of the same server."""
    connection.close()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


@contextmanager
def _made(template: str) -> Iterator[str]:
    name = f"bench_{os.getpid()}_{next(_serial)}"
    with using("postgres"):
        _run(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template1"}"')
    try:
        yield name
    finally:
        with using("postgres"):
            _run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
