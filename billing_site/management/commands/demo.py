"""Start the demonstration and keep it running until Ctrl-C."""

from __future__ import annotations

import logging
import os
import signal
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing_site.demo import house, provider
from billing_site.demo.children import ChildDied, Children


class Stopped(Exception):
    """A person or the system asked the demonstration to end."""


class Command(BaseCommand):
    help = "Run web, worker, simulated meters and a payment sandbox here until Ctrl-C."
    requires_system_checks: list[str] = []  # there may be no database yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", 8000)))
        parser.add_argument("--reset-only", action="store_true", help="forget the data and end")

    def handle(self, *args: Any, **options: Any) -> None:
        logging.getLogger().setLevel(logging.WARNING)  # the steps are told in plain words
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _stop)
        try:
            with house.single():
                if options["reset_only"]:
                    self._forget()
                else:
                    self._run(options["port"])
        except (house.DemoRefused, ChildDied) as error:
            raise CommandError(str(error)) from error
        except Stopped:
            self.stdout.write("\nStopped. The data is kept; `make demo-reset` forgets it.")

    def _forget(self) -> None:
        for path in house.forget():
            self.stdout.write(f"removed {path}")

    def _run(self, first_port: int) -> None:
        started = time.monotonic()
        self.stdout.write("Preparing the database ...")
        house.prepare()
        port = house.free_port(first_port)
        sandbox = None if provider.is_configured() else house.free_port(provider.FIRST_PORT)
        with house.processes(port, sandbox=sandbox) as children:
            self._greet(port, sandbox, time.monotonic() - started)
            _watch(children)

    def _greet(self, port: int, sandbox: int | None, seconds: float) -> None:
        url = house.address(port)
        lines = [
            f"Meterbook runs at {url} (ready after {seconds:.1f} s).",
            f"Mail that was sent: {url}/demo/outbox/",
            f"Codes that staff type after the password: {url}/demo/codes/",
            *(provider.greeting(sandbox) if sandbox else ()),
            *house.accounts(),
            f"Logs: {', '.join(str(house.log_file(name)) for name in house.LOGS)}",
            "Ctrl-C stops everything; the data is kept.",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def _watch(children: Children) -> None:
    while True:
        children.check()
        time.sleep(0.5)


def _stop(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # once is enough; the cleaning up is not interrupted
    raise Stopped
