"""Run a command beside throw-away PostgreSQL and Redis servers, and stop them afterwards.

    python deploy/with_servers.py [--install] COMMAND ...

The command finds them in DATABASE_URL and REDIS_URL, and a browser's path in CHROMIUM.
Programs that are missing are installed when that is asked for and allowed. Only what was
started here is stopped.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

HERE = Path(__file__).resolve().parent
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


class Missing(SystemExit):
    """A program that is needed is not installed."""


def postgres_bin() -> Path | None:
    """Return the folder of the newest PostgreSQL server on this machine."""
    if path := shutil.which("initdb"):
        return Path(path).resolve().parent
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((path.parent for path in found), key=_major, default=None)


def _major(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def browser() -> str | None:
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def install_missing() -> None:
    """Install by the system's package manager what is not there.

    :raises Missing: if this user may not
    """
    packages = [
        *(["postgresql"] if not postgres_bin() else []),
        *(["redis-server"] if not shutil.which("redis-server") else []),
        *(["chromium-headless-shell"] if not browser() else []),
    ]
    if packages and subprocess.call(["sh", str(HERE / "system_packages.sh"), *packages]):
        raise Missing(1)


def as_postgres(*command: str | Path) -> list[str]:
    """Prefix a command so that root runs it as the user that PostgreSQL accepts."""
    words = [str(word) for word in command]
    return ["runuser", "-u", "postgres", "--", *words] if os.geteuid() == 0 else words


@contextmanager
def postgres() -> Iterator[str]:
    """Yield the address of a fresh PostgreSQL that listens on a Unix socket only."""
    binaries = postgres_bin()
    if not binaries:
        raise Missing("PostgreSQL is not installed (Debian package: postgresql).")
    folder = Path(tempfile.mkdtemp(prefix="meterbook-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    options = (
        f"-c listen_addresses='' -k {folder} -c fsync=off -c synchronous_commit=off"
        " -c full_page_writes=off -c max_connections=200 -c shared_buffers=128MB"
        # A vacuum after tests that rolled back tells the planner that full tables are empty.
        " -c autovacuum=off"
    )
    initdb: list[str | Path] = [binaries / "initdb", "-D", data]
    initdb += ["-A", "trust", "-N", "-U", "postgres"]
    control = as_postgres(binaries / "pg_ctl", "-D", data, "-w")
    try:
        _quietly(as_postgres(*initdb))
        _quietly([*control, "-l", str(folder / "log"), "-o", options, "start"])
        yield f"postgresql://postgres@{quote(str(folder), safe='')}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], capture_output=True, cwd="/")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis() -> Iterator[str]:
    """Yield the address of a fresh Redis that keeps nothing on disk."""
    program = shutil.which("redis-server")
    if not program:
        raise Missing("Redis is not installed (Debian package: redis-server).")
    port = free_port()
    settings = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--databases", "64"]
    server = subprocess.Popen(
        [program, "--port", str(port), *settings], stdout=subprocess.DEVNULL, cwd="/"
    )
    try:
        _wait_for_port(port, server)
        yield f"redis://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=10)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for_port(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.02)
    raise Missing("redis-server did not start")


def _quietly(command: list[str]) -> None:
    result = subprocess.run(command, capture_output=True, text=True, cwd="/")
    if result.returncode:
        raise Missing(f"{' '.join(command)} failed:\n{result.stdout}{result.stderr}")


def run(command: list[str]) -> int:
    """Run the command beside the servers and return its exit code."""
    environment = {**os.environ}
    with ExitStack() as servers:
        environment["DATABASE_URL"] = servers.enter_context(postgres())
        environment["REDIS_URL"] = servers.enter_context(redis())
        if path := browser():
            environment["CHROMIUM"] = path
        return subprocess.call(command, env=environment)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--install", action="store_true", help="install what is missing")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are stopped
    if chosen.install:
        install_missing()
    return run(chosen.command)


if __name__ == "__main__":
    sys.exit(main())
