"""What somebody has answered so far. Imports no Django."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

Typed = Mapping[str, str | list[str]]  # by field; several where a field takes several


class TooLong(ValueError):
    """What was typed is longer than any form of ours, and is not kept."""


class Store(Protocol):
    """Where the draft of one person and one wizard is kept."""

    def read(self) -> dict[str, Any]:
        """Return what was kept, or nothing."""

    def write(self, body: Mapping[str, Any]) -> None:
        """Keep it in place of what was kept before.

        :raises TooLong: if it is longer than any form of ours
        """

    def forget(self) -> None:
        """Keep nothing."""

    def alone(self) -> AbstractContextManager[None]:
        """Hold off every other window of this person until the block has committed."""


@dataclass
class Draft:
    """The answers of one go, from its first answer to what came of it.

    `token` names the go, `revision` grows with every answer, and `marks` holds the revision in
    which each step was last answered: so a page knows whether another window was there since.
    `about` is what the wizard noted when it began, e.g. which version is edited.
    """

    token: str = ""
    revision: int = 0
    typed: dict[str, dict[str, str | list[str]]] = field(default_factory=dict)  # by step, by field
    marks: dict[str, int] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    done: dict[str, Any] | None = None

    def keep(self, step: str, typed: Typed) -> None:
        """Take what is being typed in a step; the page that it is typed on stays good."""
        if self.typed.get(step) != dict(typed):
            self.revision += 1
            self.typed[step] = dict(typed)

    def answer(self, step: str, typed: Typed) -> None:
        """Take what was typed in a step; the same again changes nothing."""
        self.token = self.token or secrets.token_urlsafe(12)
        if self.typed.get(step) == dict(typed):
            return
        self.revision += 1
        self.typed[step] = dict(typed)
        self.marks[step] = self.revision

    def seen(self, step: str) -> str:
        """Return what a page of this step carries, to be known again."""
        return f"{self.token}.{self.marks.get(step, 0)}"

    @property
    def seen_whole(self) -> str:
        """Return what the page that shows all answers carries."""
        return f"{self.token}.{self.revision}"

    def is_same_go(self, seen: str) -> bool:
        return bool(self.token) and seen.partition(".")[0] == self.token


def load(store: Store) -> Draft:
    """Return the draft of a store, empty where nothing is kept."""
    return Draft(**store.read())


def save(store: Store, draft: Draft) -> None:
    """Keep a draft.

    :raises TooLong: if it is longer than any form of ours
    """
    store.write(asdict(draft))
