"""The HTTP server: one thread for a connection, kept alive, and cut when a fault says so."""

from __future__ import annotations

import logging
import os
import socket
import struct
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from payments.sandbox import control, gate, page
from payments.sandbox.http_answers import Answer, Request, as_json
from payments.sandbox.provider import Sandbox

logger = logging.getLogger("payments.sandbox")
LONGEST_BODY = 1_000_000
REASONS = {200: "OK", 303: "See Other", 400: "Bad Request", 404: "Not Found"}
AT_ONCE = struct.pack("ii", 1, 0)  # linger: a close that resets


class Server(ThreadingHTTPServer):
    """Listens on this machine only."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(("127.0.0.1", sandbox.config.port), Handler)
        self.sandbox = sandbox

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away."""
        logger.debug("sandbox.connection_lost", exc_info=True)


class Handler(BaseHTTPRequestHandler):
    """Reads one request after another from a connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: an address may hold an identifier, a body never appears."""

    def _serve(self) -> None:
        said = self.headers.get("Content-Length") or "0"
        length = int(said) if said.isdigit() else LONGEST_BODY + 1
        if length > LONGEST_BODY:
            self.close_connection = True
            return self._send(as_json({"error": {"message": "Too large."}}, status=413))
        path, _, query = self.path.partition("?")
        request = Request(
            self.command,
            unquote(path),
            query,
            self.rfile.read(length),
            {name.lower(): value for name, value in self.headers.items()},
        )
        self._send(dispatch(self.server.sandbox, request))

    def _send(self, answer: Answer) -> None:
        if answer.wait:
            time.sleep(answer.wait)
        if answer.cut:
            return self._cut()
        lines = [
            f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, 'Said')}",
            f"Content-Type: {answer.kind}",
            f"Content-Length: {len(answer.body)}",
            *(f"{name}: {value}" for name, value in answer.headers.items()),
        ]
        if self.close_connection:
            lines.append("Connection: close")
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + answer.body)

    def _cut(self) -> None:
        """Reset the connection: the client gets no answer at all."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        os.close(self.connection.detach())


def dispatch(sandbox: Sandbox, request: Request) -> Answer:
    """Return the answer of the part that an address belongs to."""
    try:
        if request.path.startswith("/v1/"):
            return gate.answer(sandbox, request)
        if request.path.startswith("/_sandbox"):
            return control.answer(sandbox, request)
        return page.answer(sandbox, request)
    except Exception:
        logger.exception("sandbox.failed %s %s", request.method, request.path.split("/")[1])
        return as_json({"error": {"message": "The sandbox itself failed."}}, status=500)
