"""How old the debts of a customer are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ledger.policies import Item

AGES: tuple[tuple[int, str | Promise], ...] = (  # days late, from which on
    (91, _("More than 90 days late")),
    (61, _("61 to 90 days late")),
    (31, _("31 to 60 days late")),
    (1, _("1 to 30 days late")),
)
NOT_LATE = _("Not late")


@dataclass(frozen=True)
class Age:
    """What is open of one age, in minor units."""

    word: str | Promise
    minor: int
    is_late: bool


def ages(debits: Iterable[Item], today: date) -> Sequence[Age]:
    """Return what is open by age, the oldest first; ages without a debt are left out."""
    sums: dict[int, int] = {}
    for item in debits:
        late = (today - item.date).days
        first = next((first for first, _word in AGES if late >= first), 0)
        sums[first] = sums.get(first, 0) + item.left
    told = (*AGES, (0, NOT_LATE))
    return [Age(word, sums[first], first > 0) for first, word in told if sums.get(first)]


def oldest(debits: Iterable[Item]) -> date | None:
    """Return the day by which the oldest debt was or is due."""
    return min((item.date for item in debits), default=None)
