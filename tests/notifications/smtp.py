"""A mail server of our own: real SMTP over a real socket, with faults on request."""

from __future__ import annotations

import email
import socketserver
import sys
import threading
from email import policy


class Handler(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        server = self.server
        self.say("220 test server")
        for raw in self.rfile:
            verb = raw.decode().split(" ")[0].strip().upper()
            if verb in {"EHLO", "HELO", "RSET", "NOOP", "MAIL"}:
                self.say("250 fine")
            elif verb == "RCPT":
                self.say(server.answer_to(raw.decode()))
            elif verb == "DATA":
                self.say("354 go on")
                if not self.take():
                    return
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("500 what")

    def take(self):
        """Read a message; return whether the connection goes on."""
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        self.server.accepted.append(
            email.message_from_bytes(b"".join(lines), policy=policy.default)
        )
        if self.server.drops_after_accepting > 0:
            self.server.drops_after_accepting -= 1
            return False
        self.say("250 taken")
        return True


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.accepted = []
        self.refusals = {}  # part of the address: SMTP answer
        self.drops_after_accepting = 0

    def answer_to(self, recipient):
        return next((a for part, a in self.refusals.items() if part in recipient), "250 fine")

    def handle_error(self, request, client_address):
        """Say nothing of clients that were killed; the rest is an error of ours."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()
