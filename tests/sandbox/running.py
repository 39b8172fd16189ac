"""Start the sandbox as a process of its own, speak to it, stop it and kill it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
KEY = "sk_test_sandbox"
SECRET = "whsec_sandbox"
PATIENCE = 15.0


@dataclass
class Sandbox:
    """A running sandbox: where it is, and its switches."""

    folder: Path
    url: str
    key: str
    secret: str
    command: list[str]
    process: subprocess.Popen[str] | None = field(default=None)

    def books(self) -> dict[str, Any]:
        """Return everything the sandbox knows, by kind, oldest first."""
        return self.get("/_sandbox/books")

    def faults(self, faults: Iterable[dict[str, Any]], *, seed: int | None = None) -> None:
        """Put these faults in place of the old ones."""
        self.post("/_sandbox/faults", {"faults": list(faults), "seed": seed})

    def struck(self) -> list[int]:
        """Return how often each fault struck."""
        return [fault["struck"] for fault in self.get("/_sandbox/faults")["faults"]]

    def pay(self, session: str, *, card: str = "4242424242424242", **more: Any) -> dict[str, Any]:
        """Pay a session without its page; `account=` in place of a card, `proven=` for 3DS."""
        chosen = {} if "account" in more else {"card": card}
        return self.post("/_sandbox/pay", {"session": session} | chosen | more)

    def advance(self, *, days: float = 0, seconds: float = 0) -> float:
        """Move its clock on; returns the moment it shows."""
        asked = {"advance_seconds": days * 86400 + seconds}
        return float(self.post("/_sandbox/clock", asked)["now"])

    def settle(self, **which: Any) -> int:
        """Do what is due; `payment_intent=` or `all=True` ends debits before their time."""
        return int(self.post("/_sandbox/settle", which)["settled"])

    def dispute(self, intent: str, **more: Any) -> dict[str, Any]:
        return self.post("/_sandbox/disputes", {"payment_intent": intent} | more)

    def end_dispute(self, dispute: str, outcome: str) -> dict[str, Any]:
        return self.post(f"/_sandbox/disputes/{dispute}", {"outcome": outcome})

    def pay_out(self, **more: Any) -> list[dict[str, Any]]:
        payouts: list[dict[str, Any]] = self.post("/_sandbox/payouts", more)["payouts"]
        return payouts

    def end_payout(self, payout: str, status: str) -> dict[str, Any]:
        return self.post(f"/_sandbox/payouts/{payout}", {"status": status})

    def end_refund(self, refund: str, status: str, **more: Any) -> dict[str, Any]:
        return self.post(f"/_sandbox/refunds/{refund}", {"status": status} | more)

    def deliver(self, *, shuffle: bool = False) -> dict[str, int]:
        """Send all waiting webhooks now, each once."""
        return self.post("/_sandbox/deliver", {"shuffle": shuffle})

    def get(self, path: str) -> Any:
        return _call(self.url + path, None)

    def post(self, path: str, body: Any) -> Any:
        return _call(self.url + path, body)

    def begin(self) -> Sandbox:
        """Start the process, or start it again on the same books."""
        with (self.folder / "sandbox.log").open("a") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env={name: value for name, value in os.environ.items() if name != "PRODUCTION"},
                stdout=subprocess.DEVNULL,
                stderr=log,
                text=True,
            )
        _wait_until_it_answers(self)
        return self

    def stop(self) -> None:
        """End it politely."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it without a chance to tidy up, as `kill -9` does."""
        self._end(signal.SIGKILL)

    def _end(self, sign: signal.Signals) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(sign)
            self.process.wait(PATIENCE)


def start(
    folder: Path,
    webhook_url: str | Iterable[str] = (),
    *,
    key: str = KEY,
    secret: str = SECRET,
    clock_file: Path | None = None,
    port: int | None = None,
    more: Iterable[str] = (),
) -> Sandbox:
    """Start a sandbox with its books in `folder`; stop or kill it when done."""
    port = port or free_port()
    urls = [webhook_url] if isinstance(webhook_url, str) else list(webhook_url)
    command = [sys.executable, "-m", "payments.sandbox", "--port", str(port)]
    command += ["--books", str(folder / "sandbox.sqlite3"), "--secret-key", key]
    command += [part for url in urls for part in ("--webhook-url", url)]
    command += ["--webhook-secret", secret]
    if clock_file:
        command += ["--clock-file", str(clock_file)]
    url = f"http://127.0.0.1:{port}"
    return Sandbox(folder, url, key, secret, [*command, *more]).begin()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _call(url: str, body: Any) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{url}: {error.code} {error.read().decode()}") from error


def _wait_until_it_answers(sandbox: Sandbox) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if sandbox.process and sandbox.process.poll() is not None:
            break
        try:
            urllib.request.urlopen(sandbox.url + "/_sandbox/faults", timeout=2).close()
            return
        except OSError:
            time.sleep(0.05)
    log = (sandbox.folder / "sandbox.log").read_text()
    raise AssertionError(f"the sandbox did not start:\n{log}")
