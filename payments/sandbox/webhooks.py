"""Webhooks: signed as Stripe signs, sent from a queue in the books, tried again until taken."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from payments.sandbox import clock, faults
from payments.sandbox.books import Books, Json
from payments.sandbox.config import Config, Webhook
from payments.sandbox.store import Store

TIMEOUT = 20.0
AT_ONCE = 64
FORGED = "whsec_forged"
QUEUED = {"drop", "double", "triple", "shuffle", "late"}
SIGNED = {"skew", "unsigned", "forged"}
COPIES = {"double": 2, "triple": 3}


@dataclass(frozen=True)
class Letter:
    """One delivery of one event to one address."""

    number: int
    event: str
    url: str
    attempts: int


def queue(books: Books, event: Json, hooks: tuple[Webhook, ...], chance: faults.Faults) -> None:
    """Write what must be sent; the faults of the queue strike here."""
    for hook in hooks:
        fault = chance.strike(f"webhook {event['type']}", QUEUED) or {"kind": ""}
        due, kind = clock.real(), fault["kind"]
        if kind == "late":
            due += fault["seconds"]
        for _ in range(COPIES.get(kind, 1)):
            spread = chance.chance(fault["seconds"]) if kind == "shuffle" else 0.0
            books.connection.execute(
                "INSERT INTO deliveries (event, url, due, state) VALUES (?, ?, ?, ?)",
                (event["id"], hook.url, due + spread, "dropped" if kind == "drop" else "waiting"),
            )


def signature(payload: bytes, secret: str, *, at: int) -> str:
    """Return the header that proves a body and its time."""
    signed = b"%d." % at + payload
    return f"t={at},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


class Sender:
    """A thread that takes due letters from the books, and a few that carry them."""

    def __init__(
        self,
        config: Config,
        store: Store,
        chance: faults.Faults,
        event: Callable[[str], Json],
    ) -> None:
        """Take letters from the store; `event` returns what is sent, by its id."""
        self.config, self.store, self.faults, self.event = config, store, chance, event
        self._pool = ThreadPoolExecutor(config.senders, thread_name_prefix="webhook")
        self._local = threading.local()
        self._busy: set[int] = set()
        self._lock = threading.Lock()
        self.bell = threading.Event()
        self.stopped = False

    def start(self) -> None:
        threading.Thread(target=self._run, name="webhooks", daemon=True).start()

    def stop(self) -> None:
        self.stopped = True
        self.bell.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def deliver(self, *, shuffled: bool = False) -> dict[str, int]:
        """Send everything that waits, due or not, each once; return how many were taken."""
        letters = self._claim(clock.real() + 10**9, limit=100_000)
        if shuffled:
            letters.sort(key=lambda _: self.faults.chance(1))
        taken = list(self._pool.map(self._carry, letters))
        return {"sent": len(taken), "taken": sum(taken)}

    def _run(self) -> None:
        while not self.stopped:
            letters = self._claim(clock.real(), limit=AT_ONCE)
            for letter in letters:
                self._pool.submit(self._carry, letter)
            self.bell.wait(0.02 if letters else 0.2)
            self.bell.clear()

    def _claim(self, until: float, *, limit: int) -> list[Letter]:
        """Return letters nobody carries yet; a killed process finds them waiting again."""
        with self._lock:
            room = limit - len(self._busy)
            if room <= 0:
                return []
            with self.store.transaction() as connection:
                rows = connection.execute(
                    "SELECT seq, event, url, attempts FROM deliveries"
                    " WHERE state = 'waiting' AND due <= ? ORDER BY due, seq LIMIT ?",
                    (until, room + len(self._busy)),
                ).fetchall()
            letters = [Letter(*row) for row in rows if row[0] not in self._busy][:room]
            self._busy |= {letter.number for letter in letters}
            return letters

    def _carry(self, letter: Letter) -> bool:
        """Send one letter and write down how it went."""
        try:
            answer = self._send(letter)
            self._write(letter, answer)
            return answer.startswith("2")
        finally:
            with self._lock:
                self._busy.discard(letter.number)

    def _send(self, letter: Letter) -> str:
        event = self.event(letter.event) | {"pending_webhooks": len(self.config.webhooks)}
        payload = json.dumps(event, indent=2).encode()
        secret = self.config.secret_of(letter.url)
        fault = self.faults.strike(f"webhook {event['type']}", SIGNED)
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Stripe/1.0"}
        headers |= _proof(payload, secret, fault)
        reused = letter.url in self._local.__dict__
        try:
            return self._post(letter.url, payload, headers)
        except (OSError, http.client.HTTPException) as error:
            self._local.__dict__.pop(letter.url, None)
            if not reused or isinstance(error, TimeoutError):
                return f"no answer: {type(error).__name__}"
        return self._afresh(letter.url, payload, headers)

    def _afresh(self, url: str, payload: bytes, headers: dict[str, str]) -> str:
        """Send once more: the kept connection had been closed meanwhile."""
        try:
            return self._post(url, payload, headers)
        except (OSError, http.client.HTTPException) as error:
            self._local.__dict__.pop(url, None)
            return f"no answer: {type(error).__name__}"

    def _post(self, url: str, payload: bytes, headers: dict[str, str]) -> str:
        parts = urlsplit(url)
        connection = self._connection(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path or "/", payload, headers)
        answer = connection.getresponse()
        answer.read()
        return str(answer.status)

    def _connection(self, url: str) -> http.client.HTTPConnection:
        """Return this thread's own connection to an address, kept between letters."""
        known: dict[str, Any] = self._local.__dict__
        if url not in known:
            parts = urlsplit(url)
            kind = (
                http.client.HTTPSConnection
                if parts.scheme == "https"
                else http.client.HTTPConnection
            )
            known[url] = kind(str(parts.hostname), parts.port, timeout=TIMEOUT)
        connection: http.client.HTTPConnection = known[url]
        return connection

    def _write(self, letter: Letter, answer: str) -> None:
        attempts, config = letter.attempts + 1, self.config
        wait = config.retries[min(attempts, len(config.retries)) - 1]
        state = "waiting" if attempts < config.attempts else "given up"
        with self.store.transaction() as connection:
            connection.execute(
                "UPDATE deliveries SET attempts = ?, state = ?, answer = ?, due = ? WHERE seq = ?",
                (
                    attempts,
                    "taken" if answer.startswith("2") else state,
                    answer,
                    clock.real() + wait,
                    letter.number,
                ),
            )


def _proof(payload: bytes, secret: str, fault: dict[str, Any] | None) -> dict[str, str]:
    kind = fault["kind"] if fault else ""
    if kind == "unsigned":
        return {}
    at = int(clock.real() + (fault["seconds"] if fault and kind == "skew" else 0))
    key = FORGED if kind == "forged" else secret
    return {"Stripe-Signature": signature(payload, key, at=at)}
