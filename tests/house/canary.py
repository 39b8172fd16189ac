"""Values that must turn up nowhere, and where to look for them."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from django.apps import apps
from django.db import connection

from core.encryption import EncryptedTextField
from core.logging import JsonFormatter, PlainFormatter

CARD = "4000056655665556"
SECRETS = {
    "STRIPE_SECRET_KEY": "sk_test_CanaryKeyOfTheProvider0123456789",
    "STRIPE_WEBHOOK_SECRETS": ["whsec_CanaryOfTheEndpoint012345", "whsec_CanaryOfTheOldOne01234"],
    "SECRET_KEY": "canary-of-the-sites-own-secret-key-0123456789-abcdefghij",
    "FIELD_KEYS": ["Y2FuYXJ5LWZpZWxkLWtleS0wMTIzNDU2Nzg5YWJjZGU="],
    "FIELD_INDEX_KEY": "canary-of-the-index-key-0123456789-abcdefghijklmn",
    "EMAIL_HOST_PASSWORD": "canary-of-the-mail-server",
}
LEAK = f"card 4000-0566-5566-5556, key {SECRETS['STRIPE_SECRET_KEY']}"


def canaries() -> list[str]:
    """Return every text that must not be found, the card number in several spellings."""
    values = [
        v for value in SECRETS.values() for v in ([value] if isinstance(value, str) else value)
    ]
    spelled = [sign.join(CARD[i : i + 4] for i in range(0, 16, 4)) for sign in ("", " ", "-")]
    return [*values, *spelled]


def found_in(texts: dict[str, str]) -> list[str]:
    """Return where a canary was found, and which: nothing is what a test wants."""
    return [
        f"{place}: {canary[:12]}..."
        for place, text in texts.items()
        for canary in canaries()
        if canary in text
    ]


def whole_database() -> dict[str, str]:
    """Return each table as text, encrypted columns as ciphertext and opened too."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = "\n".join(_text(value) for row in cursor.fetchall() for value in row)
    for model in apps.get_models(include_auto_created=True):
        names = [f.attname for f in model._meta.fields if isinstance(f, EncryptedTextField)]
        opened = [str(getattr(row, name)) for row in model._base_manager.all() for name in names]
        found[f"{model._meta.db_table}, opened"] = "\n".join(opened)
    return found


def _text(value: object) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("latin-1")
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


@contextmanager
def log_lines() -> Iterator[dict[str, io.StringIO]]:
    """Gather all that is logged, down to debug lines, as each of our formatters writes it."""
    root, streams = logging.getLogger(), {}
    level = root.level
    for name, formatter in (("plain log", PlainFormatter()), ("json log", JsonFormatter())):
        handler = logging.StreamHandler(streams.setdefault(name, io.StringIO()))
        handler.setFormatter(formatter)
        root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield streams
    finally:
        root.setLevel(level)
        root.handlers[-2:] = []


class Parrot(BaseHTTPRequestHandler):
    """A provider at its worst: says back what it was sent, with a card number, as an error."""

    status = 400

    def do_POST(self) -> None:
        said = f"{LEAK} {self.headers.get('Authorization')}"
        error = {"type": "invalid_request_error", "code": "parrot", "message": said, "param": said}
        body = json.dumps({"error": error}).encode()
        self.send_response(type(self).status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.wfile.write(body)

    do_GET = do_POST

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: this is another's log."""


@contextmanager
def parrot() -> Iterator[str]:
    """Run the parrot and yield its address."""
    server = HTTPServer(("127.0.0.1", 0), Parrot)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
