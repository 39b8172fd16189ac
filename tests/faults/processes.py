"""Processes of the product, each the leader of a session of its own, kept by their numbers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


class Process:
    """One process with its children: they are killed, stopped and continued together."""

    def __init__(
        self, name: str, arguments: Sequence[str], environment: Mapping[str, str], folder: Path
    ) -> None:
        self.name, self.arguments, self.environment = name, list(arguments), dict(environment)
        self.log = folder / f"{name}.log"
        self.exits: list[int] = []
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.popen = subprocess.Popen(
                [sys.executable, *self.arguments],
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self.popen.pid

    @property
    def is_running(self) -> bool:
        return self.popen.poll() is None

    def signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def kill(self) -> None:
        """End the leader and all its children in the same moment, without a word."""
        self.signal(signal.SIGKILL)
        self.exits.append(self.popen.wait())

    def holds(self, lease_owner: str) -> bool:
        """Tell whether the owner of a lease (host:process:thread) is one of these processes."""
        parts = lease_owner.split(":")
        if len(parts) < 2:
            return False
        with suppress(ProcessLookupError):
            return os.getpgid(int(parts[1])) == self.pid
        return False

    def logged(self) -> list[dict[str, object]]:
        """Return the structured lines of the log; what else it holds is not ours."""
        lines = []
        for line in self.log.read_text(errors="replace").splitlines():
            with suppress(ValueError):
                entry = json.loads(line)
                if isinstance(entry, dict) and "level" in entry:
                    lines.append(entry)
        return lines

    def tail(self, lines: int = 30) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class Processes:
    """Starts processes, starts those again that are kept alive, and stops all on leaving."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder, self.environment = folder, dict(environment)
        self.all: list[Process] = []
        self.kept: list[Process] = []
        self.restarts = 0

    def start(self, name: str, *arguments: str, keep: bool = False, **environment: str) -> Process:
        """Start `python ARGUMENTS`; one that is kept is started again whenever it ends."""
        process = Process(name, arguments, {**self.environment, **environment}, self.folder)
        self.all.append(process)
        if keep:
            self.kept.append(process)
        return process

    def tend(self) -> None:
        """Be the supervisor: start again what has ended and is kept."""
        for process in self.kept:
            if not process.is_running:
                process.exits.append(process.popen.returncode)
                process.start()
                self.restarts += 1

    def stop(self) -> None:
        self.kept.clear()
        for process in self.all:
            process.signal(signal.SIGCONT)
            process.signal(signal.SIGTERM)
        for process in self.all:
            with suppress(subprocess.TimeoutExpired):
                process.popen.wait(timeout=3)
            process.signal(signal.SIGKILL)
            process.popen.wait()
