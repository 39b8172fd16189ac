"""What a check of the stored data looks at and finds; each app lists its own in `checks.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

MOST = 1000  # findings of one code that are fetched


@dataclass(frozen=True, slots=True)
class Scope:
    """How much is checked: everything, one customer account, or what was recorded lately."""

    now: datetime  # real time
    account_id: int | None = None
    since: datetime | None = None

    @property
    def is_whole(self) -> bool:
        return self.account_id is None and self.since is None


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation: what it is about, and the two sides that should agree."""

    subject: str
    found: str
    expected: str
    is_warning: bool = False


Check = Callable[[Scope], Sequence[Finding]]
Checks = dict[str, tuple[Any, Check]]  # code -> (title, check); titles may be lazy


def query(sql: str, parameters: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
    """Return at most `MOST` rows; reads the connection whose snapshot the checks share."""
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT {MOST}", list(parameters))
        return cursor.fetchall()


def findings(sql: str, parameters: Iterable[Any] = (), *, warn: bool = False) -> list[Finding]:
    """Make findings of rows of (subject, found, expected)."""
    return [
        Finding(str(subject), str(found), str(expected), warn)
        for subject, found, expected in query(sql, parameters)
    ]
