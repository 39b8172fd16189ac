"""Finds out once which tests call which function of the engine, and how long each takes."""

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
    """The plugin that follows the tests."""

    folder: str  # of the engine, absolute
    tests: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    _now: str = ""

    def of(self, path: str, line: int) -> list[str]:
        """Return the tests that call the function of a line, the quickest first; 0 is loading."""
        found = self.tests.get((path, line), set()) if line else set(self.seconds)
        return sorted(found & set(self.seconds), key=lambda test: self.seconds[test])

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

    def trace(self, frame: FrameType, event: str, _: Any) -> None:
        """Note a call; lines are not followed, which would take many times as long."""
        path = frame.f_code.co_filename
        if path.startswith(self.folder):
            place = path, frame.f_code.co_firstlineno
            self.tests.setdefault(place, set()).add(self._now)


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
