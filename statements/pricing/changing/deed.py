"""Doing something with tariffs or plans: foreseen by doing it and taking it back, then done.

Each row stands alone: what is refused for one leaves the others as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.functional import Promise

from accounts.models import User
from core.tables.bulk import Intent, Outcome
from tariffs import engine, operations
from tariffs.models import Plan, Tariff

Item = Tariff | Plan
Words = str | Promise
REFUSALS = (
    operations.NotPossible,
    operations.NotPublishable,
    operations.NotImportable,
    operations.VersionConflict,
    engine.TariffError,
)


@dataclass(frozen=True)
class Doing:
    """Who does it, when, and what they answered; `today` is the day where the utility is.

    `used` says by key where rows are in use, for deeds that tell it.
    """

    by: User
    at: datetime
    today: date
    said: Mapping[str, Any]
    used: Mapping[int, str] = field(default_factory=dict)

    def where(self, item: Item) -> str:
        return self.used.get(item.pk, "")


@dataclass(frozen=True)
class Deed:
    """One thing that can be done with rows; `do` returns what became of one, in words.

    `do` raises one of `REFUSALS` where it is not possible; its words are for people.
    """

    key: str
    word: Words  # of the choice
    about: Words
    do: Callable[[Any, Doing], str]
    is_grave: bool = False


def foreseen(deed: Deed, items: Iterable[Item], doing: Doing) -> list[Intent]:
    """Return what would become of each row; nothing is changed."""
    with transaction.atomic():
        found = carried_out(deed, items, doing)
        transaction.set_rollback(True)
    return [
        Intent(each.key, each.name, note=each.words)
        if each.is_done
        else Intent(each.key, each.name, each.words)
        for each in found
    ]


def carried_out(deed: Deed, items: Iterable[Item], doing: Doing) -> list[Outcome]:
    """Do it with each row and return what became of it; a refused row is left as it was."""
    return [_one(deed, item, doing) for item in items]


def _one(deed: Deed, item: Item, doing: Doing) -> Outcome:
    key, name = item.pk, str(item)
    try:
        with transaction.atomic():
            words = deed.do(item, doing)
    except REFUSALS as error:
        return Outcome(key, name, is_done=False, words=str(error))
    return Outcome(key, name, is_done=True, words=words)
