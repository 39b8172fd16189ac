"""Threads that start at once, for tests of what happens when two come together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.db import connections

# A machine under load runs threads many times slower; only one that waits for ever is a failure.
PATIENCE_SECONDS = 900


def gather(*actions: Callable[[], object]) -> list[object]:
    """Run each action in a thread of its own, all at once; return what each returned or raised.

    :raises AssertionError: if one is still at work after a quarter of an hour
    """
    start, outcome = threading.Barrier(len(actions)), {}

    def run(place: int, action: Callable[[], object]) -> None:
        try:
            start.wait(timeout=60)
            outcome[place] = action()
        except Exception as error:
            outcome[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + PATIENCE_SECONDS
    for thread in threads:
        thread.join(timeout=max(until - time.monotonic(), 0))
    late = [place for place in range(len(actions)) if place not in outcome]
    assert not late, f"still at work after {PATIENCE_SECONDS} s: {late}"
    return [outcome[place] for place in range(len(actions))]


def together(*actions: Callable[[], object]) -> list[Exception | None]:
    """Run actions like `gather`; return what each raised, or None."""
    return [found if isinstance(found, Exception) else None for found in gather(*actions)]
