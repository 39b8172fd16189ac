"""The running demonstration: its data, its processes, and the lock that keeps it single."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command

from billing_site.demo import provider
from billing_site.demo.children import Children
from billing_site.demo.logins import LOGINS
from billing_site.demo.seed import world

READY_SECONDS = 60
PORTS_TRIED = 40
LOGS = ("web", "worker", "meters", "provider")


class DemoRefused(Exception):
    """The demonstration may not start here; the message says what to do."""


@contextmanager
def single() -> Iterator[None]:
    """Hold the lock of this folder's demonstration.

    :raises DemoRefused: if it runs already, or these settings are for real work
    """
    if settings.PRODUCTION or not settings.DEMO:
        raise DemoRefused("This is for demonstrations only: set DEMO=1 and leave PRODUCTION off.")
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    with (settings.VAR_DIR / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoRefused("It is running already; stop it with Ctrl-C first.") from None
        yield


def prepare(*, verbosity: int = 0, **seed: Any) -> bool:
    """Bring the database up to date and fill an empty one; return whether it was filled.

    :param seed: options of `seed_demo`
    """
    call_command("migrate", verbosity=verbosity, interactive=False)
    call_command("createcachetable", verbosity=verbosity)
    call_command("collectstatic", verbosity=verbosity, interactive=False)
    if world.is_complete():
        return False
    call_command("seed_demo", verbosity=max(verbosity, 1), **seed)
    return True


def forget() -> list[Path]:
    """Remove the demonstration's data and return what was removed.

    :raises DemoRefused: if the data is not in SQLite under `VAR_DIR`
    """
    if not settings.ON_SQLITE:
        raise DemoRefused("This only forgets a SQLite database; drop yours by its own tools.")
    database = Path(settings.DATABASES["default"]["NAME"])
    databases = [database, provider.books()]
    files = [path.with_name(path.name + end) for path in databases for end in ("", "-wal", "-shm")]
    folders = [settings.VAR_DIR / name for name in ("outbox", "documents", "static")]
    logs = [log_file(name) for name in LOGS]
    there = [path for path in [*files, *folders, *logs] if path.exists()]
    for path in there:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return there


def log_file(name: str) -> Path:
    return settings.VAR_DIR / f"{name}.log"


def free_port(first: int) -> int:
    """Return the first port from this one on that nobody listens on.

    :raises DemoRefused: if the next ones are all taken
    """
    return free_ports(first, 1)[0]


def free_ports(first: int, n: int) -> tuple[int, ...]:
    """Return the first `n` free ports from this one on, ascending.

    :raises DemoRefused: if there are not so many among the next ones
    """
    free = (port for port in range(first, first + PORTS_TRIED) if _is_free(port))
    found = tuple(islice(free, n))
    if len(found) < n:
        last = first + PORTS_TRIED - 1
        raise DemoRefused(f"Ports {first} to {last} are in use; set PORT to a free one.")
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@contextmanager
def processes(port: int, *, sandbox: int | None = None) -> Iterator[Children]:
    """Run web, worker with its tick and the simulated meters; yield when the pages answer.

    :param sandbox: port of the payment provider's stand-in; None if there is a provider
    """
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"DEMO": "1", "TZ": "UTC", "PYTHONUNBUFFERED": "1"}
    environment.setdefault("SITE_URL", address(port))
    if sandbox:
        environment |= provider.environment(sandbox)
    with Children(settings.BASE_DIR, environment) as children:
        manage = [sys.executable, "manage.py"]
        if sandbox:
            children.start(
                "provider", provider.command(sandbox, site_port=port), log=log_file("provider")
            )
        children.start("meters", [*manage, "simulate_fleet"], log=log_file("meters"))
        children.start("worker", [*manage, "run_worker"], log=log_file("worker"))
        children.start("web", web_command(port), log=log_file("web"))
        _wait_until_ready(port, children)
        yield children


def web_command(port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi"),
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--blocking-threads", "4", "--no-ws"),
        *("--log-level", "warning"),
        "billing_site.wsgi:application",
    ]


def address(port: int) -> str:
    return f"http://localhost:{port}"


def _wait_until_ready(port: int, children: Children) -> None:
    deadline = time.monotonic() + READY_SECONDS
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline:
        children.check()
        try:
            with direct.open(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise DemoRefused(f"The pages did not answer within {READY_SECONDS} s; see {log_file('web')}.")


def accounts() -> list[str]:
    """Return lines that tell a visitor how to sign in."""
    return [f"  {login.email:34} {login.password:16} {login.shows}" for login in LOGINS]
