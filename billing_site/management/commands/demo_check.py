"""Walk the whole cycle without a person and print each step's numbers."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing_site.demo import house, provider
from billing_site.demo.check import polling
from billing_site.demo.check.paying import NotPaid
from billing_site.demo.check.visitor import FormMissing, SignInFailed
from billing_site.demo.check.walk import LAST_DAY_BEGINS, StepFailed, Walk
from billing_site.demo.children import ChildDied
from billing_site.demo.seed.devices import MAPS

FOLDER = "DEMO_CHECK_FOLDER"  # set: this process works inside it
PROVIDER_PORT = "DEMO_CHECK_PROVIDER_PORT"
FIRST_PORT, FIRST_FLEET_PORT, FIRST_PROVIDER_PORT = 18_000, 25_020, 22_111
HOUR_S = 3600


class Stopped(Exception):
    """A person or the system asked the check to end."""


class Command(BaseCommand):
    help = "Seed, poll, bill, issue, read, mail, pay, verify: in a folder of its own."
    requires_system_checks: list[str] = []  # there is no database yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--customers", type=int, default=60)
        parser.add_argument("--keep", action="store_true", help="leave the folder for a look")

    def handle(self, **options: Any) -> None:
        folder = os.environ.get(FOLDER)
        if folder is None:
            _start_over_in(Path(tempfile.mkdtemp(prefix="demo-check-")))
            return
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _stop)
        self.started = time.monotonic()
        try:
            self._check(options["customers"])
        except (
            StepFailed,
            SignInFailed,
            ChildDied,
            house.DemoRefused,
            polling.DayMissing,
            FormMissing,
            NotPaid,
        ) as error:
            _show_logs(self.stderr.write)
            raise CommandError(f"{type(error).__name__}: {error}") from error
        except Stopped as error:
            raise CommandError("stopped before the end") from error
        finally:
            if options["keep"]:
                self._tell(f"kept {folder}")
            else:
                shutil.rmtree(folder, ignore_errors=True)
        self._tell("everything holds")

    def _check(self, customers: int) -> None:
        polling.set_clock(LAST_DAY_BEGINS)
        ports = house.free_ports(FIRST_FLEET_PORT, len(MAPS))
        self._tell(f"the clock stands at {LAST_DAY_BEGINS.isoformat()}")
        house.prepare(
            customers=customers,
            leave_last_day=True,
            interval=HOUR_S,
            fleet_ports=ports,
            stdout=self.stdout,
        )
        port = house.free_port(FIRST_PORT)
        sandbox = int(os.environ[PROVIDER_PORT])
        with house.processes(port, sandbox=sandbox) as children:
            self._tell(
                f"web, worker, meters and provider run: pages on port {port}, meters on {ports}, "
                f"provider on {sandbox}"
            )
            Walk(children, house.address(port), provider.address(sandbox), self._tell).whole()
            running = list(children.running.values())
        left = [process.pid for process in running if process.poll() is None]
        self._tell(f"stopped {len(running)} processes, {len(left)} left")
        if left:
            raise StepFailed(f"still running: {left}")

    def _tell(self, text: str) -> None:
        self.stdout.write(f"{time.monotonic() - self.started:6.1f} s  {text}")
        self.stdout.flush()


def _start_over_in(folder: Path) -> None:
    """Begin again as the same process, with settings that keep everything in the folder."""
    (folder / "clock").write_text(LAST_DAY_BEGINS.isoformat())
    sandbox = house.free_port(FIRST_PROVIDER_PORT)
    os.environ.update(
        {
            **provider.environment(sandbox),
            PROVIDER_PORT: str(sandbox),
            FOLDER: str(folder),
            "VAR_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder / 'check.sqlite3'}",
            "CLOCK_FILE": str(folder / "clock"),
            "REDIS_URL": "",
            "FAILPOINTS": "",
            "DEMO": "1",
            "PRODUCTION": "0",
            "BILLING_APPROVAL": "automatic",
            "TARIFF_OVERLAP_STRICT": "0",
            "TICK_SECONDS": "0.5",
            "EMAIL_BACKEND": "notifications.outbox.FileBackend",
            "LOG_LEVEL": "WARNING",
        }
    )
    os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606  no shell is wanted


def _show_logs(write: Any) -> None:
    for name in house.LOGS:
        path = house.log_file(name)
        if path.exists() and (lines := path.read_text().splitlines()):
            write(f"--- the end of {path.name}")
            write("\n".join(lines[-20:]))


def _stop(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # once is enough; the cleaning up is not interrupted
    raise Stopped
