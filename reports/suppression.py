"""Which figures of a table may be shown: never those of fewer than ten people, nor a way to them.

A table is a list of groups that share nobody's bill, and their total. A group of fewer than ten
customers is hidden. What is hidden can still be reckoned when it is the total less all the others,
so another group is hidden with it; and since the sum of the hidden ones is always known from the
total, that other one has ten customers or more by itself. Where there is none, the total is hidden.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

FEWEST = 10  # customers of a group that is shown

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Hidden(Generic[Key]):
    """What a table must not show."""

    groups: frozenset[Key]
    total: bool


def hide(customers: Mapping[Key, int], *, fewest: int = FEWEST) -> Hidden[Key]:
    """Choose what to hide of the groups of one table.

    :param customers: how many customers each group has; one may be in several groups
    """
    small = {key for key, number in customers.items() if number < fewest}
    if not small:
        return Hidden(frozenset(), total=not customers)
    others = [key for key in customers if key not in small]
    if not others:
        return Hidden(frozenset(small), total=True)
    cover = min(others, key=lambda key: customers[key])
    return Hidden(frozenset({*small, cover}), total=False)
