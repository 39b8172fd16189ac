"""Idempotency keys: one effect for each, and the stored answer for every repeat."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from payments.sandbox import clock
from payments.sandbox.books import Books, Json
from payments.sandbox.errors import key_in_use, other_parameters

KEPT_SECONDS = 24 * 3600  # of real time


@dataclass(frozen=True)
class Stored:
    """The answer a key was given first."""

    status: int
    body: str
    request: str


class InFlight:
    """The keys whose first request is still running."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: set[str] = set()

    @contextmanager
    def hold(self, key: str) -> Iterator[None]:
        """Hold a key while its request runs; an empty key holds nothing.

        :raises ApiError: 409 if another request holds it
        """
        if not key:
            yield
            return
        with self._lock:
            if key in self._keys:
                raise key_in_use(key)
            self._keys.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(key)


def digest(method: str, path: str, params: Json) -> str:
    """Return what tells one request from another: its address and parameters."""
    text = json.dumps([method, path, params], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def stored(books: Books, key: str, asked: str) -> Stored | None:
    """Return the answer kept under a key, if it is younger than a day.

    :raises ApiError: 400 if the key belongs to another request
    """
    row = books.connection.execute(
        "SELECT asked, status, body, request FROM answers WHERE key = ? AND kept_at > ?",
        (key, clock.real() - KEPT_SECONDS),
    ).fetchone()
    if row is None:
        return None
    if row[0] != asked:
        raise other_parameters(key)
    return Stored(*row[1:])


def keep(books: Books, key: str, asked: str, answer: Stored) -> None:
    books.connection.execute(
        "INSERT OR REPLACE INTO answers (key, asked, status, body, request, kept_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (key, asked, answer.status, answer.body, answer.request, clock.real()),
    )
