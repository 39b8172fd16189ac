"""The books inside one transaction: objects, events, later work and small notes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from payments.sandbox import clock, ids
from payments.sandbox.errors import missing

Json = dict[str, Any]
API_VERSION = "2026-10-28.endive"
WORDS = {
    "checkout.session": "checkout.session",
    "payment_intent": "payment_intent",
    "balance_transaction": "balance transaction",
}


@dataclass(frozen=True)
class Cause:
    """The request that made something happen; empty when the sandbox itself did."""

    request: str | None = None
    key: str | None = None


@dataclass
class Books:
    """One transaction. `moment` is the sandbox's clock in seconds since the epoch."""

    connection: sqlite3.Connection
    moment: float
    cause: Cause = field(default_factory=Cause)
    emitted: list[Json] = field(default_factory=list)

    @property
    def now(self) -> int:
        return int(self.moment)

    def add(self, item: Json) -> Json:
        """Keep a new object under its own `id` and `object`."""
        self.connection.execute(
            "INSERT INTO objects (id, kind, created, parent, body) VALUES (?, ?, ?, ?, ?)",
            (item["id"], item["object"], item["created"], _parent(item), json.dumps(item)),
        )
        return item

    def save(self, item: Json) -> Json:
        self.connection.execute(
            "UPDATE objects SET body = ?, parent = ? WHERE id = ?",
            (json.dumps(item), _parent(item), item["id"]),
        )
        return item

    def find(self, which: str) -> Json | None:
        row = self.connection.execute("SELECT body FROM objects WHERE id = ?", (which,)).fetchone()
        return json.loads(row[0]) if row else None

    def get(self, kind: str, which: str, *, param: str = "id") -> Json:
        """Return one object.

        :raises ApiError: 404 if there is none of this kind
        """
        item = self.find(which)
        if item is None or item["object"] != kind:
            raise missing(WORDS.get(kind, kind), which, param=param)
        return item

    def tie(self, item: Json, parent: str) -> None:
        """Say that a balance transaction belongs to a payout."""
        self.connection.execute("UPDATE objects SET parent = ? WHERE id = ?", (parent, item["id"]))

    def of(self, parent: str, kind: str) -> list[Json]:
        """Return the objects of one payment, or the transactions of one payout, oldest first."""
        rows = self.connection.execute(
            "SELECT body FROM objects WHERE parent = ? AND kind = ? ORDER BY seq", (parent, kind)
        )
        return [json.loads(body) for (body,) in rows]

    def all_of(self, kind: str) -> Iterator[Json]:
        rows = self.connection.execute(
            "SELECT body FROM objects WHERE kind = ? ORDER BY seq", (kind,)
        )
        return (json.loads(body) for (body,) in rows.fetchall())

    def emit(self, kind: str, item: Json, *, previously: Json | None = None) -> None:
        """Write an event with the object as it is now; it is sent after the commit."""
        data: Json = {"object": json.loads(json.dumps(item))}
        if previously is not None:
            data["previous_attributes"] = previously
        event = self.add(
            {
                "id": ids.new("evt"),
                "object": "event",
                "api_version": API_VERSION,
                "created": self.now,
                "data": data,
                "livemode": False,
                "pending_webhooks": 0,
                "request": {"id": self.cause.request, "idempotency_key": self.cause.key},
                "type": kind,
            }
        )
        self.emitted.append(event)

    def later(self, work: str, subject: str, *, seconds: float) -> None:
        """Have `work` done by the sandbox's clock."""
        self._job(work, subject, self.moment + seconds, by_real_time=False)

    def at_real(self, work: str, subject: str, *, due: float) -> None:
        """Have `work` done at a moment of real time."""
        self._job(work, subject, due, by_real_time=True)

    def drop_jobs(self, subject: str, work: str) -> int:
        return self.connection.execute(
            "DELETE FROM jobs WHERE subject = ? AND work = ?", (subject, work)
        ).rowcount

    def due_jobs(self) -> list[tuple[int, str, str]]:
        """Return (number, work, subject) of what is due, oldest first."""
        return self.connection.execute(
            "SELECT seq, work, subject FROM jobs WHERE (by_real_time = 0 AND due <= ?)"
            " OR (by_real_time = 1 AND due <= ?) ORDER BY due, seq LIMIT 200",
            (self.moment, clock.real()),
        ).fetchall()

    def note(self, subject: str, name: str, value: str) -> None:
        """Remember something that the real objects do not show."""
        self.connection.execute(
            "INSERT OR REPLACE INTO notes (subject, name, value) VALUES (?, ?, ?)",
            (subject, name, value),
        )

    def noted(self, subject: str, name: str) -> str:
        row = self.connection.execute(
            "SELECT value FROM notes WHERE subject = ? AND name = ?", (subject, name)
        ).fetchone()
        return str(row[0]) if row else ""

    def _job(self, work: str, subject: str, due: float, *, by_real_time: bool) -> None:
        self.connection.execute(
            "INSERT INTO jobs (work, subject, due, by_real_time) VALUES (?, ?, ?, ?)",
            (work, subject, due, int(by_real_time)),
        )


def _parent(item: Json) -> str | None:
    intent = item.get("payment_intent")
    return intent if isinstance(intent, str) else None
