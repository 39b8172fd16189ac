"""Tries mutants, each in a process of its own that is forked with all libraries loaded.

Runs inside a copy of the tree (python -m tests.mutation.trial PLAN RESULT) and never loads the
engine itself: a child does, with one file replaced in memory.
"""

from __future__ import annotations

import ast
import os
import pickle
import resource
import sys
from collections.abc import Callable
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

KILLED, ALIVE = "killed", "alive"
SPARE_S = 10.0  # of CPU, beside the time the tests took while they were followed, which is longer
BY_COMMAND_S = 120.0
MEMORY = 4 * 2**30
FIRST = 25  # tests that are tried before all: those that killed neighbours, and the quickest
assert hypothesis.strategies


@dataclass
class Plan:
    """What to try, and with which tests."""

    mutants: list[Mutant]
    plain: list[str]  # test files that need no Django; a test that does need it joins the others
    whole: list[str]  # test files that those which survive must meet besides
    jobs: int


@dataclass
class _Chosen:
    """The plugin that runs some tests only, in the order given, and notes which one fails."""

    tests: list[str]
    killers: Path
    place: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.place = {test: place for place, test in enumerate(self.tests)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.nodeid in self.place]
        items.sort(key=lambda item: self.place[item.nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            with self.killers.open("a") as killers:
                killers.write(f"{report.nodeid!r}\n")


def results(plan: Plan, tell: Callable[[str], None]) -> list[str]:
    """Return of each mutant whether it was killed or lives."""
    reached = _in_child(lambda: reach.followed(str(Path("tariffs/engine").absolute()), plan.plain))
    tell(f"{len(reached.seconds)} tests, {sum(reached.seconds.values()):.0f} s while followed")
    whole = sorted({*plan.whole, *(test.partition("::")[0] for test in reached.failed)})
    _refuse_failing(whole)
    found = [""] * len(plan.mutants)
    waiting = list(enumerate(plan.mutants))[::-1]
    running: dict[int, int] = {}
    while waiting or running:
        while waiting and len(running) < plan.jobs:
            index, mutant = waiting.pop()
            tests = reached.of(str(Path(mutant.path).absolute()), mutant.home)
            running[_fork(lambda m=mutant, t=tests: _try(m, t, reached, whole))] = index
        pid, status = os.wait()
        index = running.pop(pid)
        found[index] = KILLED if status else ALIVE
        if not status:
            tell(f"{plan.mutants[index]} lives")
        if (done := sum(map(bool, found))) % 50 == 0:
            tell(f"{done} of {len(found)}, {found.count(ALIVE)} alive")
    return found


def _refuse_failing(whole: list[str]) -> None:
    """See that these tests pass as the engine is, else they would kill whatever comes.

    :raises SystemExit: if one fails
    """
    _, status = os.waitpid(_fork(lambda: _by_command(whole)), 0)
    if status:
        raise SystemExit(f"tests fail without any change, in one of {', '.join(whole)}")


def _try(mutant: Mutant, tests: list[str], reached: reach.Reach, whole: list[str]) -> int:
    """Return 0 if every test passes although the file is another one; one without end is ended."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    _replace(str(Path(mutant.path).absolute()), mutant.source)
    reach.same_examples()
    killers = Path("..", mutant.path.replace("/", "-")).absolute()
    for some in (_killers(killers, tests), tests[:FIRST], tests):
        _limit(sum(reached.seconds[test] for test in some))
        if some and _fails(some, killers):
            return 1
    _limit(BY_COMMAND_S)
    return _by_command(whole)


def _limit(more_s: float) -> None:
    """Let this process use so much more of the processor, and some to spare."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime + more_s + SPARE_S)
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


def _by_command(whole: list[str]) -> int:
    """Run tests that need Django; whether pages know all fields is no matter of amounts."""
    return int(pytest.main(["-q", "-x", "-k", "not schema", *whole]))


def _killers(file: Path, tests: list[str]) -> list[str]:
    """Return those of the tests that killed other mutants of the same file, the latest first."""
    lines = file.read_text().splitlines() if file.exists() else []
    known = dict.fromkeys(ast.literal_eval(line) for line in reversed(lines))
    return [test for test in known if test in set(tests)][:FIRST]


def _fails(tests: list[str], killers: Path) -> bool:
    files = sorted({test.partition("::")[0] for test in tests})
    code = pytest.main([*reach.PLAIN, "-x", *files], plugins=[_Chosen(tests, killers)])
    return code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)


def _replace(path: str, source: str) -> None:
    """Load the mutant in place of what lies in the file."""
    ordinary = SourceFileLoader.get_code

    def code(self: SourceFileLoader, name: str) -> CodeType | None:
        if self.path == path:
            return self.source_to_code(source.encode(), path)
        return ordinary(self, name)

    SourceFileLoader.get_code = code


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


if __name__ == "__main__":
    plan_file, result_file = map(Path, sys.argv[1:])
    outcomes = results(pickle.loads(plan_file.read_bytes()), lambda line: print(line, flush=True))
    result_file.write_bytes(pickle.dumps(outcomes))
