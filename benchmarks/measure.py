"""What a stretch of work cost, and the record in which a benchmark says it."""

from __future__ import annotations

import operator
import os
import platform
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from django.db import connection

from core import bulk

Record = dict[str, Any]
COMPARE = {">=": operator.ge, "<=": operator.le, "==": operator.eq}


@dataclass
class Cost:
    """CPU and wall in seconds; `server_s` is the CPU of the session's process in the server."""

    wall_s: float = 0.0
    client_s: float = 0.0
    server_s: float = 0.0
    wal_bytes: int = 0
    round_trips: int = 0  # statements and COPYs; BEGIN and COMMIT do not count

    @property
    def cpu_s(self) -> float:
        return self.client_s + self.server_s

    def cpu_us(self, n: int) -> float:
        """Return microseconds of CPU for each of n."""
        return self.cpu_s / n * 1e6


@contextmanager
def costs() -> Iterator[Cost]:
    """Measure the block; the record is complete when the block has ended."""
    cost = Cost()
    counted = 0

    def count(execute: Callable[..., Any], *args: Any) -> Any:
        nonlocal counted
        counted += 1
        return execute(*args)

    wal, server = _wal(), _server_s()
    copies = bulk.round_trips()
    client, wall = time.process_time(), time.perf_counter()
    with connection.execute_wrapper(count):
        yield cost
    cost.wall_s = time.perf_counter() - wall
    cost.client_s = time.process_time() - client
    cost.server_s = _server_s() - server
    cost.wal_bytes = _wal() - wal
    cost.round_trips = counted + bulk.round_trips() - copies


def _wal() -> int:
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")
        return int(cursor.fetchone()[0])


def _server_s() -> float:
    """Return the CPU time of the session's server process; 0 where it is on another machine."""
    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    path = Path("/proc") / str(connection.connection.info.backend_pid) / "schedstat"
    try:
        return int(path.read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


def peak_rss_mb() -> float:
    """Return the most memory this process has held so far, in MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def record(
    name: str,
    *,
    n: int,
    repeat: int,
    product: float,
    goal: str,
    unit: str = "",
    floor: float | None = None,
    ratio: float | None = None,
    is_count: bool = False,
    cost: Cost | None = None,
    **more: Any,
) -> Record:
    """Return one judged line; the ratio is judged if there is one, otherwise the product.

    :param goal: a comparison, as ">= 0.65"; empty if the line is only shown
    :param is_count: it does not depend on the machine, so it is judged at every scale
    """
    judged = product if ratio is None else ratio
    return {
        "name": name,
        "n": n,
        "repeat": repeat,
        "unit": unit,
        "product": _rounded(product),
        "floor": _rounded(floor),
        "ratio": _rounded(ratio),
        "goal": goal,
        "pass": meets(judged, goal),
        "is_count": is_count,
        "cpu_us": _rounded(cost.cpu_us(n)) if cost else None,
        "client_us": _rounded(cost.client_s / n * 1e6) if cost else None,
        "wall_us": _rounded(cost.wall_s / n * 1e6) if cost else None,
        "wal_bytes": round(cost.wal_bytes / n) if cost else None,
        "round_trips": cost.round_trips if cost else None,
        "peak_rss": peak_rss_mb(),
        "versions": versions(),
        "load_avg": [round(load, 2) for load in os.getloadavg()],
        **more,
    }


def meets(value: float, goal: str) -> bool:
    if not goal:
        return True
    sign, _, limit = goal.partition(" ")
    return bool(COMPARE[sign](value, float(limit)))


def middle(costs_of_repeats: Sequence[Cost]) -> Cost:
    """Return the repeat whose CPU is the (lower) median."""
    ordered = sorted(costs_of_repeats, key=lambda cost: cost.cpu_s)
    return ordered[(len(ordered) - 1) // 2]


def median_ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """Return the median of ratios that were measured side by side."""
    return median(a / b for a, b in zip(above, below, strict=True))


@cache
def versions() -> dict[str, str]:
    found = {name: version(name) for name in ("django", "numpy", "psycopg")}
    found["python"] = platform.python_version()
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        number = connection.connection.info.server_version
        found["postgresql"] = f"{number // 10000}.{number % 10000}"
    return found


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
