"""What a version of a tariff or plan has otherwise than the one before, to read side by side.

Prices are told as customers read them, fields as the price book compares versions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from django.utils.translation import gettext as _

from statements.pricing.detail import comparing, words
from statements.pricing.detail.rates import rates
from statements.pricing.detail.words import Row
from support.approvals.kind import Change
from tariffs import engine
from tariffs.authoring import differences

NOTHING = "–"


class Version(Protocol):
    """A version of a tariff or of a plan."""

    definition: Mapping[str, Any]


def fields(before: Version | None, after: Version, *, but: str = "") -> list[Change]:
    """Return the version that is replaced, and each field that is otherwise; of a first one all.

    :param but: the end of what is left out, where it is told elsewhere
    """
    return [
        Change(_("Version"), str(before) if before else NOTHING, str(after)),
        *(Change(row.what, row.before, row.after) for row in _rows(before, after, but)),
    ]


def _rows(before: Version | None, after: Version, but: str) -> Iterator[Row]:
    if before is None:
        for row in comparing.rows(after.definition, after.definition, is_whole=True):
            yield replace(row, before=NOTHING)
        return
    found = differences(before.definition, after.definition)
    yield from words.rows([each for each in found if each.path[-1] != but])


def priced(before: Version | None, after: Version) -> Sequence[Change]:
    """Return each price of a tariff that is new, gone or otherwise; of a first version all."""
    old, new = _told(before), _told(after)
    return [
        Change(what, old.get(what, NOTHING), new.get(what, NOTHING))
        for what in dict.fromkeys([*old, *new])
        if old.get(what) != new.get(what)
    ]


def _told(version: Version | None) -> dict[str, str]:
    """Return the prices of a version by what they are for; none where it cannot price yet."""
    if version is None:
        return {}
    try:
        tariff = engine.parse(version.definition)
    except engine.TariffError:
        return {}
    found: dict[str, list[str]] = defaultdict(list)
    for rate in rates(tariff):
        found[", ".join(filter(None, (rate.charge, rate.when, rate.use)))].append(rate.price)
    return {what: "; ".join(each) for what, each in found.items()}
