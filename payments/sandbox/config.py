"""How the sandbox is started, and when it refuses to."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

TRUE = {"1", "true", "on", "ok", "y", "yes"}


class Refused(ValueError):
    """These settings belong to production, or make no sense; the text says which."""


@dataclass(frozen=True)
class Webhook:
    url: str
    secret: str


@dataclass(frozen=True)
class Config:
    """Where the sandbox listens, keeps its books and sends its webhooks."""

    port: int
    books: Path
    key: str
    public_url: str
    webhooks: tuple[Webhook, ...] = ()
    retries: tuple[float, ...] = (1, 2, 4, 8, 15, 30, 60)
    attempts: int = 30
    senders: int = 4
    clock_file: Path | None = None
    seed: int | None = None
    merchant: str = "Meterbook"

    def secret_of(self, url: str) -> str:
        """Return the secret by which webhooks to an address are signed, or empty."""
        return next((hook.secret for hook in self.webhooks if hook.url == url), "")


def parse(arguments: list[str], environment: Mapping[str, str] = os.environ) -> Config:
    """Return the settings of a command line.

    :raises Refused: in production, with a live key, or for webhooks to another machine
    """
    given = _parser().parse_args(arguments)
    if environment.get("PRODUCTION", "").strip().lower() in TRUE:
        raise Refused("PRODUCTION is set. The sandbox moves no money and has no place there.")
    if not given.secret_key.startswith(("sk_test_", "rk_test_")):
        raise Refused("--secret-key must begin with sk_test_: a live key has no place here.")
    return Config(
        port=given.port,
        books=given.books,
        key=given.secret_key,
        public_url=(given.public_url or f"http://127.0.0.1:{given.port}").rstrip("/"),
        webhooks=_webhooks(given.webhook_url, given.webhook_secret),
        retries=_seconds(given.webhook_retries),
        attempts=given.webhook_attempts,
        senders=given.senders,
        clock_file=given.clock_file,
        seed=given.seed,
        merchant=given.merchant,
    )


def is_this_machine(url: str) -> bool:
    """Tell whether an address names this machine by its loopback."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    if parts.hostname == "localhost" or parts.hostname.endswith(".localhost"):
        return True
    try:
        return ip_address(parts.hostname).is_loopback
    except ValueError:
        return False


def _seconds(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise Refused("--webhook-retries is a list of seconds such as 1,2,4.") from error


def _webhooks(urls: list[str], secrets: list[str]) -> tuple[Webhook, ...]:
    for url in urls:
        if not is_this_machine(url):
            raise Refused(f"--webhook-url must be on this machine, and {url} is not.")
    if urls and not secrets:
        raise Refused("--webhook-url needs a --webhook-secret.")
    if len(secrets) == 1:
        secrets = secrets * len(urls)
    if len(secrets) != len(urls):
        raise Refused("Give one --webhook-secret, or one for each --webhook-url.")
    if any(not secret.startswith("whsec_") for secret in secrets):
        raise Refused("--webhook-secret must begin with whsec_.")
    return tuple(Webhook(url, secret) for url, secret in zip(urls, secrets, strict=True))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m payments.sandbox",
        description="A payment provider shaped like Stripe, on this machine, that moves no money.",
    )
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1; 0 picks one")
    parser.add_argument("--books", type=Path, required=True, help="SQLite file of its own books")
    parser.add_argument("--secret-key", required=True, help="the key clients must show: sk_test_…")
    parser.add_argument("--webhook-url", action="append", default=[], help="may be given again")
    parser.add_argument("--webhook-secret", action="append", default=[], help="whsec_…")
    parser.add_argument("--webhook-retries", default="1,2,4,8,15,30,60", help="seconds between")
    parser.add_argument("--webhook-attempts", type=int, default=30)
    parser.add_argument("--senders", type=int, default=4, help="webhooks sent at the same time")
    parser.add_argument("--clock-file", type=Path, help="file with one ISO moment")
    parser.add_argument("--public-url", default="", help="address that browsers use")
    parser.add_argument("--merchant", default="Meterbook", help="name on the hosted page")
    parser.add_argument("--seed", type=int, help="seed of the faults' chance")
    return parser
