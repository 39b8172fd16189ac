"""The parts of a running sandbox, and how its books are opened."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from payments.sandbox import jobs, webhooks
from payments.sandbox.books import Books, Cause, Json
from payments.sandbox.clock import Clock
from payments.sandbox.config import Config
from payments.sandbox.faults import Faults
from payments.sandbox.idempotency import InFlight
from payments.sandbox.store import Store

logger = logging.getLogger("payments.sandbox")
TICK = 0.2


class Sandbox:
    """One provider: its settings, books, clock, faults and webhooks."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.store = Store(config.books)
        self.clock = Clock(config.clock_file)
        self.faults = Faults(config.seed)
        self.in_flight = InFlight()
        self.sender = webhooks.Sender(config, self.store, self.faults, self._event)
        self._stopped = threading.Event()

    @contextmanager
    def books(self, cause: Cause | None = None) -> Iterator[Books]:
        """Open the books for one transaction; its events are queued in the same one."""
        with self.store.transaction() as connection:
            row = connection.execute(
                "SELECT value FROM settings WHERE name = 'advanced'"
            ).fetchone()
            moment = self.clock.read() + (float(row[0]) if row else 0.0)
            books = Books(connection, moment, cause or Cause())
            yield books
            for event in books.emitted:
                webhooks.queue(books, event, self.config.webhooks, self.faults)
        if books.emitted:
            self.sender.bell.set()

    def advance(self, seconds: float) -> float:
        """Move the clock on and return its moment; what falls due is done at once."""
        with self.store.transaction() as connection:
            connection.execute(
                "INSERT INTO settings (name, value) VALUES ('advanced', ?) ON CONFLICT (name)"
                " DO UPDATE SET value = CAST(value AS REAL) + CAST(excluded.value AS REAL)",
                (str(seconds),),
            )
            # Sessions end by real time; those that are open now are that much older.
            connection.execute("UPDATE jobs SET due = due - ? WHERE by_real_time = 1", (seconds,))
        self.run_due()
        with self.books() as books:
            return books.moment

    def run_due(self) -> int:
        with self.books() as books:
            return jobs.run_due(books)

    def start(self) -> None:
        """Begin to send webhooks and to do what falls due."""
        self.sender.start()
        threading.Thread(target=self._tick, name="ticker", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        self.sender.stop()
        self.store.close()

    def _event(self, event_id: str) -> Json:
        with self.books() as books:
            return books.get("event", event_id)

    def _tick(self) -> None:
        while not self._stopped.wait(TICK):
            try:
                self.run_due()
            except Exception:
                if self._stopped.is_set():
                    return
                logger.exception("sandbox.tick_failed")
                time.sleep(1)
