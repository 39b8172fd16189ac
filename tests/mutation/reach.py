"""Finds out once which tests come by which line of the engine, and how long each takes."""

from __future__ import annotations

import functools
import gc
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import pytest
from hypothesis import settings


@dataclass
class Reach:
    """The plugin that follows the tests; a line that runs while modules load counts for all."""

    folder: str  # of the engine, absolute
    tests: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    _now: str = ""

    def of(self, path: str, lines: tuple[int, int]) -> list[str]:
        """Return the tests that run a stretch of lines, the quickest first."""
        places = [(path, line) for line in range(lines[0], lines[1] + 1)]
        found = set().union(*(self.tests.get(place, set()) for place in places))
        chosen = set(self.seconds) if "" in found else found
        return sorted(chosen & set(self.seconds), key=lambda test: self.seconds[test])

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        _forget_cached()
        self._now = item.nodeid
        started = time.perf_counter()
        yield
        self.seconds[item.nodeid] = time.perf_counter() - started
        self._now = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    def trace(self, frame: FrameType, event: str, _: Any) -> Any:
        path = frame.f_code.co_filename
        if not path.startswith(self.folder):
            return None
        self._note(path, frame.f_lineno)
        return self._line

    def _line(self, frame: FrameType, event: str, _: Any) -> Any:
        self._note(frame.f_code.co_filename, frame.f_lineno)
        return self._line

    def _note(self, path: str, line: int) -> None:
        self.tests.setdefault((path, line), set()).add(self._now)


def followed(folder: str, files: Sequence[str]) -> Reach:
    """Run the tests of some files and return what they reach; one that fails now cannot tell."""
    same_examples()
    reach = Reach(folder)
    sys.settrace(reach.trace)
    pytest.main([*PLAIN, "--tb=no", *files], plugins=[reach])
    sys.settrace(None)
    for test in reach.failed:
        reach.seconds.pop(test, None)
    return reach


PLAIN = ["-p", "no:django", "-p", "no:cacheprovider", "-p", "no:xdist", "--noconftest", "-q"]
EXAMPLES = 15


def same_examples() -> None:
    """Let hypothesis try the same few examples in every run."""
    settings.register_profile(
        "mutation", derandomize=True, database=None, deadline=None, max_examples=EXAMPLES
    )
    settings.load_profile("mutation")


def _forget_cached() -> None:
    """Empty the caches of the engine, so that every test reaches what it needs."""
    for kept in gc.get_objects():
        if isinstance(kept, functools._lru_cache_wrapper) and "tariffs" in str(kept.__module__):
            kept.cache_clear()
