"""Tries mutants, each in a process of its own that is forked with all libraries loaded.

Runs inside a copy of the tree (python -m tests.mutation.trial PLAN RESULT) and never loads the
engine itself: a child does, with one file replaced in memory.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

import hypothesis.strategies
import numpy.linalg  # noqa: F401  loaded once, here, and not in every child
import pytest

from tests.mutation import reach
from tests.mutation.mutants import Mutant

KILLED, ALIVE, SLOW = "killed", "alive", "too slow"
LEAST_S, TIMES = 10.0, 4.0
assert hypothesis.strategies


@dataclass
class Plan:
    """What to try, and with which tests."""

    mutants: list[Mutant]
    plain: list[str]  # test files that need neither Django nor a database
    whole: list[str]  # test files that those which survive must meet besides
    jobs: int


@dataclass
class _Chosen:
    """The plugin that runs some tests only, in the order given."""

    tests: list[str]
    place: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.place = {test: place for place, test in enumerate(self.tests)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.nodeid in self.place]
        items.sort(key=lambda item: self.place[item.nodeid])


def results(plan: Plan, tell: Callable[[str], None]) -> list[str]:
    """Return of each mutant whether it was killed, lives or was too slow."""
    reached = _in_child(lambda: reach.followed(str(Path("tariffs/engine").absolute()), plan.plain))
    tell(f"{len(reached.seconds)} tests, {sum(reached.seconds.values()):.0f} s while followed")
    _refuse_failing(reached.failed, plan.whole)
    found = [""] * len(plan.mutants)
    waiting = list(enumerate(plan.mutants))[::-1]
    running: dict[int, tuple[int, float]] = {}
    while waiting or running:
        while waiting and len(running) < plan.jobs:
            index, mutant = waiting.pop()
            tests = reached.of(str(Path(mutant.path).absolute()), mutant.lines)
            limit = LEAST_S + TIMES * sum(reached.seconds[test] for test in tests)
            running[_fork(lambda m=mutant, t=tests: _try(m, t, plan))] = index, _now() + limit
        for pid, outcome in _ended(running):
            found[running.pop(pid)[0]] = outcome
            if sum(map(bool, found)) % 50 == 0:
                tell(f"{sum(map(bool, found))} of {len(found)}, {found.count(ALIVE)} alive")
    return found


def _refuse_failing(failed: list[str], whole: list[str]) -> None:
    """See that all tests pass as the engine is, else they would kill whatever comes.

    :raises SystemExit: if one fails
    """
    pid = _fork(lambda: int(pytest.main(["-q", "-x", *whole])))
    _, status = os.waitpid(pid, 0)
    if failed or status:
        raise SystemExit(f"tests fail without any change: {failed or whole}")


def _try(mutant: Mutant, tests: list[str], plan: Plan) -> int:
    """Return 0 if every test passes although the file is another one."""
    _replace(str(Path(mutant.path).absolute()), mutant.source)
    reach.same_examples()
    if tests:
        files = sorted({test.partition("::")[0] for test in tests})
        code = pytest.main([*reach.PLAIN, "-x", *files], plugins=[_Chosen(tests)])
        if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            return 1
    return int(pytest.main(["-q", "-x", *plan.whole]))


def _replace(path: str, source: str) -> None:
    """Load the mutant in place of what lies in the file."""
    ordinary = SourceFileLoader.get_code

    def code(self: SourceFileLoader, name: str) -> CodeType | None:
        if self.path == path:
            return self.source_to_code(source.encode(), path)
        return ordinary(self, name)

    SourceFileLoader.get_code = code


def _ended(running: dict[int, tuple[int, float]]) -> Sequence[tuple[int, str]]:
    """Return the children that are done or whose time is up."""
    time.sleep(0.02)
    ended = []
    for pid, (_, until) in running.items():
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            ended.append((pid, KILLED if status else ALIVE))
        elif _now() > until:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            ended.append((pid, SLOW))
    return ended


def _fork(work: Callable[[], int]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setsid()
        _silence()
        code = work()
    finally:
        os._exit(code)


def _silence() -> None:
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)


def _in_child(work: Callable[[], Any]) -> Any:
    """Return what the work returns, without keeping what it loads."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reading)
        _silence()
        try:
            with os.fdopen(writing, "wb") as pipe:
                pickle.dump(work(), pipe)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(pid, 0)
    return pickle.loads(told)


def _now() -> float:
    return time.monotonic()


if __name__ == "__main__":
    plan_file, result_file = map(Path, sys.argv[1:])
    outcomes = results(pickle.loads(plan_file.read_bytes()), lambda line: print(line, flush=True))
    result_file.write_bytes(pickle.dumps(outcomes))
