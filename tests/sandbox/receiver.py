"""An endpoint for webhooks: it keeps what arrives and answers as it is told."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import stripe

from tests.sandbox.running import SECRET


@dataclass(frozen=True)
class Letter:
    body: bytes
    signature: str

    def event(self, *, tolerance: int = 300) -> stripe.Event:
        return stripe.Webhook.construct_event(self.body, self.signature, SECRET, tolerance)


class Receiver:
    """Listens on this machine; `statuses` are answered first, then 200."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.statuses: list[int] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhooks"

    def wait_for(self, count: int, *, seconds: float = 10) -> list[Letter]:
        end = time.monotonic() + seconds
        while len(self.letters) < count and time.monotonic() < end:
            time.sleep(0.02)
        assert len(self.letters) >= count, f"{len(self.letters)} of {count} arrived"
        return list(self.letters)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.letters.append(Letter(body, self.headers.get("Stripe-Signature", "")))
            self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    return Handler
