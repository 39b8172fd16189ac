"""The ground of a scenario: a database of its own, processes, and the judgement at the end."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.faults import oracle
from tests.faults.processes import PROJECT, Process, Processes
from tests.faults.seed import AS_OF
from tests.faults.servers import Broker, Cluster

RUN_BILLING = ("manage.py", "run_billing", "--period", "2026-10", "--as-of", AS_OF.isoformat())
WORKER = ("manage.py", "run_worker", "--concurrency", "2")
PATIENCE_S = 300  # a busy machine is no fault
PARTIAL = 4  # run_billing's exit code when accounts are parked
AWAY = (psycopg.OperationalError, sqlite3.OperationalError)


@dataclass
class Row:
    """One line of the table at the end."""

    scenario: str
    injected: str
    statements: int
    total: str
    equal: bool
    clean: bool
    numbers: bool
    seconds: float

    @property
    def is_good(self) -> bool:
        return self.equal and self.clean and self.numbers


@dataclass
class House:
    """What all scenarios share: servers, templates, the unfaulted result and the seed."""

    cluster: Cluster
    folder: Path
    seed: int
    golden: oracle.Books = field(default_factory=oracle.Books)
    rows: list[Row] = field(default_factory=list)
    pay_rows: list[Any] = field(default_factory=list)  # lines of the payments' table

    def environment(self, database_url: str, redis_url: str = "") -> dict[str, str]:
        clock = self.folder / "clock"
        clock.write_text(AS_OF.isoformat())
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        return {
            **kept,
            "PYTHONPATH": str(PROJECT),
            "DJANGO_SETTINGS_MODULE": "billing_site.settings",
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "VAR_DIR": str(self.folder / "var"),
            "CLOCK_FILE": str(clock),
            "LEASE_SECONDS": "2",
            "TICK_SECONDS": "1",
            "DB_IDLE_IN_TRANSACTION_SECONDS": "4",
            "LOG_JSON": "on",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }

    def run(self, database_url: str, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        """Run a command of the product to its end and return what it printed.

        :raises AssertionError: if it ends with another code
        """
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=PROJECT,
            env=self.environment(database_url),
            capture_output=True,
            text=True,
        )
        assert done.returncode in codes, (
            f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        )
        return done.stdout

    def template(
        self,
        name: str,
        *steps: tuple[str, ...],
        base: str = "template1",
        seed: str = "tests.faults.seed",
    ) -> str:
        """Make a database by steps of a seed; return the last line that was printed."""
        self.cluster.create(name, base)
        printed = ""
        for step in steps:
            printed = self.run(self.cluster.url(name), "-m", seed, *step)
        return printed

    @contextmanager
    def ground(
        self, scenario: str, template: str, broker: Broker | None = None
    ) -> Iterator[Ground]:
        """Give a scenario a copy of a template; leave no process and no database behind."""
        name = f"ground_{scenario.split()[0].lower()}"
        self.cluster.create(name, template)
        ground = Ground(
            self,
            scenario,
            self.cluster.url(name),
            lambda: self.cluster.connect(name),
            broker.url if broker else "",
            name=name,
        )
        with _stopped_afterwards(ground):
            yield ground
        self.cluster.drop(name)

    @contextmanager
    def sqlite_ground(self, scenario: str, template: Path) -> Iterator[Ground]:
        """The same on a copy of a SQLite file, without Redis."""
        path = self.folder / f"{scenario.split()[0].lower()}.sqlite3"
        shutil.copy(template, path)
        ground = Ground(
            self, scenario, f"sqlite:///{path}", lambda: sqlite3.connect(path, timeout=20)
        )
        with _stopped_afterwards(ground):
            yield ground


@contextmanager
def _stopped_afterwards(ground: Ground) -> Iterator[None]:
    try:
        yield
    finally:
        ground.processes.stop()


class Ground:
    """One scenario at work."""

    def __init__(
        self,
        house: House,
        scenario: str,
        database_url: str,
        connect: Callable[[], psycopg.Connection | sqlite3.Connection],
        redis_url: str = "",
        name: str = "",
    ) -> None:
        self.house, self.scenario, self.name = house, scenario, name
        self.database_url, self.connect = database_url, connect
        self.random = random.Random(f"{house.seed}:{scenario}")
        self.began = time.monotonic()
        folder = house.folder / scenario.split()[0].lower()
        folder.mkdir(exist_ok=True)
        environment = {**house.environment(database_url, redis_url), "VAR_DIR": str(folder)}
        self.processes = Processes(folder, environment)
        self.faults: dict[str, list[str]] = {}  # the schedule as it was carried out

    def ask(self, sql: str) -> list[tuple]:
        """Ask the database; one that is away is asked again."""
        deadline = time.monotonic() + 60
        while True:
            try:
                with closing(self.connect()) as connection:
                    return connection.execute(sql).fetchall()
            except AWAY:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    # --- processes

    def worker(self, name: str, *more: str, keep: bool = True, **environment: str) -> Process:
        return self.processes.start(name, *WORKER, *more, keep=keep, **environment)

    def shell(self, name: str, *, keep: bool = False, **environment: str) -> Process:
        return self.processes.start(name, *RUN_BILLING, keep=keep, **environment)

    def pause(self, seconds: float) -> None:
        """Wait, and supervise meanwhile."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.processes.tend()
            time.sleep(min(left, 0.1))

    def until(self, condition: Callable[[], bool], what: str, patience: float = PATIENCE_S) -> None:
        """Supervise until a condition holds.

        :raises AssertionError: if it does not in time; the logs' ends are shown
        """
        deadline = time.monotonic() + patience
        while not condition():
            if time.monotonic() > deadline:
                logs = "\n".join(f"--- {p.name}\n{p.tail()}" for p in self.processes.all)
                raise AssertionError(f"{self.scenario}: {what} did not happen\n{logs}")
            self.processes.tend()
            time.sleep(0.1)

    def until_finished(self) -> None:
        self.until(lambda: oracle.is_finished(self.ask), "the end of the run")

    def until_progress(self, calculated: int, issued: int = 0) -> None:
        """Supervise until so many accounts are calculated and issued."""

        def reached() -> bool:
            now = oracle.progress(self.ask)
            return now[0] >= calculated and now[1] >= issued

        self.until(reached, f"{calculated} calculated and {issued} issued")

    def kill_one_at_work(self, processes: list[Process], *, after: tuple[float, float]) -> bool:
        """Kill one that has held a chunk for a moment; say whether the run went on without it.

        An account that has seen two deaths is spared: a third would park it, by design.
        """
        delay = self.random.uniform(*after)
        while True:
            victim = self.random.choice(self._at_work(processes))
            self.pause(delay)
            if victim in self._at_work(processes):
                break
        unfinished = self.is_unfinished
        victim.kill()
        victim.start()
        self.note(f"kill {victim.name} after {delay:.2f}s")
        return unfinished and self.is_unfinished

    def _at_work(self, processes: list[Process]) -> list[Process]:
        """Wait for some that hold chunks without an unlucky account; all if the run is over."""
        found: list[Process] = []

        def some_are() -> bool:
            held = oracle.lease_owners(self.ask)
            found[:] = [
                p
                for p in processes
                if (mine := [most for owner, most in held if p.holds(owner)]) and max(mine) < 2
            ]
            return bool(found) or not self.is_unfinished

        self.until(some_are, "somebody at work")
        return found or processes

    @property
    def is_unfinished(self) -> bool:
        return oracle.is_unfinished(self.ask)

    def note(self, fault: str) -> None:
        """Keep a fault that was injected, with the seconds from the start."""
        self.faults.setdefault(fault, []).append(f"{time.monotonic() - self.began:.1f}")

    def schedule(self) -> str:
        return "; ".join(f"{fault} at {', '.join(at)}" for fault, at in self.faults.items())

    # --- the judgement

    def judge(
        self, injected: str, *, golden: oracle.Books | None = None, parked: dict | None = None
    ) -> None:
        """Compare with the unfaulted run, prove the books, and write the table's line.

        :raises AssertionError: if anything differs
        """
        golden = golden or self.house.golden
        found = oracle.books(self.ask)
        self.processes.stop()
        wanted = {n: b for n, b in golden.bills.items() if n not in (parked or {})}
        check = self._check_ledger()
        row = Row(
            self.scenario,
            injected,
            len(found.bills),
            f"{found.total / 100:,.2f}",
            found.bills == wanted and found.is_coherent and found.parked == (parked or {}),
            check == "",
            found.numbers_are_whole and len(found.numbers) == len(wanted),
            time.monotonic() - self.began,
        )
        self.house.rows.append(row)
        print(f"\n{line(row)}")
        if self.faults:
            print(f"   seconds from the start: {self.schedule()}")
        assert found.parked == (parked or {})
        assert found.twice == [] and found.bills == wanted
        assert check == ""
        assert row.is_good

    def _check_ledger(self) -> str:
        try:
            self.house.run(self.database_url, "manage.py", "check_ledger")
        except AssertionError as error:
            return str(error)
        return ""


WIDTHS = (31, 46, 10, 11, 7, 12, 7, 4)
HEAD = ("scenario", "faults", "statements", "sum", "golden", "check_ledger", "numbers", "s")


def line(row: Row) -> str:
    cells = (
        row.scenario,
        row.injected,
        str(row.statements),
        row.total,
        "equal" if row.equal else "DIFFERS",
        "clean" if row.clean else "VIOLATED",
        "whole" if row.numbers else "BROKEN",
        f"{row.seconds:.0f}",
    )
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def table(rows: list[Row]) -> list[str]:
    head = "  ".join(cell.ljust(width) for cell, width in zip(HEAD, WIDTHS, strict=True)).rstrip()
    return [head, "-" * len(head), *map(line, rows)]


def last_json(text: str) -> dict:
    """Return the last line that is JSON."""
    for printed in reversed(text.splitlines()):
        with suppress(ValueError):
            return json.loads(printed)
    raise ValueError(text)
