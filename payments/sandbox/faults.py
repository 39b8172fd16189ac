"""Faults on request: what strikes where, how often, by a generator that can be seeded."""

from __future__ import annotations

import random
import threading
from fnmatch import fnmatchcase
from typing import Any

BEFORE = {"error_before", "rate_limit", "reset_before"}
HTTP = BEFORE | {"error_after", "delay", "timeout", "reset", "garbage", "wrong_body"}
WEBHOOK = {"drop", "double", "triple", "shuffle", "late", "skew", "unsigned", "forged"}
PAYMENT = {"partial_amount", "other_currency"}
SECONDS = {"delay": 1.0, "timeout": 120.0, "shuffle": 2.0, "late": 60.0, "skew": -3600.0}


class BadFault(ValueError):
    """A fault that cannot be understood."""


class Faults:
    """The list of faults. It is kept in memory: a restart has none."""

    def __init__(self, seed: int | None = None) -> None:
        self._lock = threading.Lock()
        self.faults: list[dict[str, Any]] = []
        self.random = random.Random(seed)  # noqa: S311  # chance, not secrecy

    def replace(self, asked: list[dict[str, Any]], *, seed: int | None = None) -> None:
        """Take a new list in place of the old.

        :raises BadFault: naming what is wrong; the old list stays
        """
        faults = [_checked(fault) for fault in asked]
        with self._lock:
            self.faults = faults
            if seed is not None:
                self.random = random.Random(seed)  # noqa: S311  # chance, not secrecy

    def strike(self, where: str, kinds: set[str]) -> dict[str, Any] | None:
        """Return the first fault that strikes here now, and count it."""
        with self._lock:
            for fault in self.faults:
                if fault["kind"] in kinds and self._strikes(fault, where):
                    fault["struck"] += 1
                    return dict(fault)
        return None

    def shown(self) -> list[dict[str, Any]]:
        with self._lock:
            return [dict(fault) for fault in self.faults]

    def chance(self, most: float) -> float:
        """Return a number between 0 and `most`."""
        with self._lock:
            return self.random.random() * most

    def _strikes(self, fault: dict[str, Any], where: str) -> bool:
        if not fnmatchcase(where, fault["where"]):
            return False
        if fault["times"] is not None and fault["struck"] >= fault["times"]:
            return False
        return bool(fault["probability"] >= 1 or self.random.random() < fault["probability"])


def _checked(asked: dict[str, Any]) -> dict[str, Any]:
    where, kind = asked.get("where"), asked.get("kind")
    if not isinstance(where, str) or not where:
        raise BadFault("a fault needs 'where': a method and path, 'webhook' or 'payment'")
    known = WEBHOOK if where.startswith("webhook") else PAYMENT if where == "payment" else HTTP
    if kind not in known:
        raise BadFault(f"kind {kind!r} is none of {', '.join(sorted(known))} at {where!r}")
    times, probability = asked.get("times"), asked.get("probability", 1)
    if times is not None and (not isinstance(times, int) or times < 0):
        raise BadFault("'times' is a whole number or null")
    seconds = asked.get("seconds", SECONDS.get(str(kind), 0.0))
    return asked | {
        "where": where if where != "webhook" else "webhook*",
        "times": times,
        "probability": float(probability),
        "seconds": float(seconds),
        "struck": 0,
    }
