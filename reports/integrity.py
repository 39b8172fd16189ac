"""Check the stored data against every invariant, in one read-only snapshot. Repairs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connections, transaction

import accounts.checks
import ledger.checks
import payments.checks
import statements.checks
from core.integrity import Check, Finding, Scope
from payments.checks import provider

EXAMPLES = 20
SLOW = frozenset({"D05", "D06", "D07"})  # left out by --fast: they read every document again

MODULES = (ledger.checks, statements.checks, payments.checks, accounts.checks)


class Unknown(ValueError):
    """A code that no app has."""


class NotRead(ValueError):
    """A code that compares with the provider's books, which were not read."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one check found."""

    code: str
    title: str
    findings: tuple[Finding, ...]

    @property
    def violations(self) -> int:
        return sum(not finding.is_warning for finding in self.findings)

    @property
    def warnings(self) -> int:
        return len(self.findings) - self.violations

    @property
    def examples(self) -> tuple[Finding, ...]:
        return self.findings[:EXAMPLES]


def codes() -> list[str]:
    """Return every code there is, in the order of checking."""
    return [*_all_checks(), *provider.CHECKS]


def check(
    scope: Scope,
    *,
    fast: bool = False,
    only: Sequence[str] = (),
    reading: provider.Reading | None = None,
) -> list[Result]:
    """Run the checks on the current connection and return one result for each.

    :param reading: the provider's books, read before; without them those checks are left out
    :raises Unknown: if `only` names a code that does not exist
    :raises NotRead: if it names one that needs the provider's books
    """
    if strange := set(only).difference(codes()):
        raise Unknown(", ".join(sorted(strange)))
    if reading is None and (unread := set(only).intersection(provider.CHECKS)):
        raise NotRead(f"{', '.join(sorted(unread))}: the provider's books were not read")
    results = [
        Result(code, str(title), tuple(found for check in several for found in check(scope)))
        for code, (title, several) in _all_checks().items()
        if code in only or (not only and not (fast and code in SLOW))
    ]
    return [*results, *(_compare(scope, reading, only) if reading else [])]


def _compare(scope: Scope, reading: provider.Reading, only: Sequence[str]) -> list[Result]:
    both = provider.Comparison(reading, scope)
    return [
        Result(code, str(title), tuple(function(both)))
        for code, (title, function) in provider.CHECKS.items()
        if not only or code in only
    ]


@contextmanager
def snapshot() -> Iterator[None]:
    """Hold one read-only view of the database; inside a transaction, use the one that is open.

    On SQLite a connection of its own takes the place of the thread's: the usual one begins
    every transaction as a writer.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with _reading_sqlite():
            yield


@contextmanager
def _reading_sqlite() -> Iterator[None]:
    usual = connections[DEFAULT_DB_ALIAS]
    reading = connections.create_connection(DEFAULT_DB_ALIAS)
    reading.settings_dict = {
        **usual.settings_dict,
        "OPTIONS": {**usual.settings_dict["OPTIONS"], "transaction_mode": "DEFERRED"},
    }
    connections[DEFAULT_DB_ALIAS] = reading
    try:
        with reading.cursor() as cursor:
            cursor.execute("PRAGMA query_only = ON")
        with transaction.atomic():
            yield
    finally:
        connections[DEFAULT_DB_ALIAS] = usual
        reading.close()


def _all_checks() -> dict[str, tuple[object, list[Check]]]:
    """Return title and checks by code; several apps may keep one rule, each for its own rows."""
    found: dict[str, tuple[object, list[Check]]] = {}
    for module in MODULES:
        for code, (title, function) in module.CHECKS.items():
            found.setdefault(code, (title, []))[1].append(function)
    return found
