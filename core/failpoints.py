"""Named places where a test can make the program die, fail or wait.

`FAILPOINTS="issue.before_commit=kill9@p0.05;rate.item=raise@account:17;pdf=sleep:2"`: a name,
an action with an argument, and conditions: a probability, a tag with its value, or `n3` for the
third time that this process comes by. Production settings keep the list empty.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings


class FailpointHit(RuntimeError):
    """Raised by the action `raise`; never in production."""


class BadFailpoint(ValueError):
    """The setting names an action or a condition that does not exist."""


@dataclass(frozen=True, slots=True)
class Failpoint:
    """One entry of the setting: where, what, and when."""

    name: str
    action: str  # kill9, raise or sleep
    argument: str
    probability: float
    tags: tuple[tuple[str, str], ...]
    turn: int  # the only time it acts, counted from 1; 0: every time

    def matches(self, tags: dict[str, object]) -> bool:
        if any(str(tags.get(name)) != value for name, value in self.tags):
            return False
        if self.turn:
            _times[self] += 1
            return _times[self] == self.turn
        return self.probability >= 1 or random.random() < self.probability  # noqa: S311  no secret

    def act(self) -> None:
        if self.action == "kill9":
            os.kill(os.getpid(), signal.SIGKILL)
        elif self.action == "sleep":
            time.sleep(float(self.argument))
        else:
            raise FailpointHit(self.argument or self.name)


_times: Counter[Failpoint] = Counter()  # how often this process came by


def hit(name: str, **tags: object) -> None:
    """Do what the setting asks for at this place; nothing when it does not name it.

    :raises FailpointHit: if the action is `raise`
    """
    if not settings.FAILPOINTS:
        return
    for failpoint in parse(settings.FAILPOINTS):
        if failpoint.name == name and failpoint.matches(tags):
            failpoint.act()


@lru_cache(maxsize=8)
def parse(text: str) -> tuple[Failpoint, ...]:
    """Read the setting.

    :raises BadFailpoint: if an entry cannot be understood
    """
    return tuple(_entries(text))


def _entries(text: str) -> Iterator[Failpoint]:
    for entry in filter(None, (part.strip() for part in text.split(";"))):
        name, equals, rest = entry.partition("=")
        action, *conditions = rest.split("@")
        action, _, argument = action.partition(":")
        if not equals or action not in {"kill9", "raise", "sleep"}:
            raise BadFailpoint(f"{entry!r}: the action is kill9, raise or sleep:<seconds>")
        yield Failpoint(name, action, argument, *_conditions(entry, conditions))


def _conditions(
    entry: str, conditions: list[str]
) -> tuple[float, tuple[tuple[str, str], ...], int]:
    probability, tags, turn = 1.0, [], 0
    for condition in conditions:
        tag, colon, value = condition.partition(":")
        if colon:
            tags.append((tag, value))
        elif condition.startswith("p"):
            probability = float(condition[1:])
        elif condition[:1] == "n" and condition[1:].isdigit():
            turn = int(condition[1:])
        else:
            raise BadFailpoint(
                f"{entry!r}: a condition is p<probability>, n<turn> or <tag>:<value>"
            )
    return probability, tuple(tags), turn
