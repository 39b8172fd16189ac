"""What a version of a tariff or plan has otherwise than the one before, to read side by side.

Prices are told as customers read them, fields as the price book compares versions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from django.utils.translation import gettext as _

from statements.presentation.rate_card import prices
from statements.pricing.detail import comparing
from support.approvals.kind import Change
from tariffs import engine

NOTHING = "–"


class Version(Protocol):
    """A version of a tariff or of a plan."""

    definition: Mapping[str, Any]


def fields(before: Version | None, after: Version) -> list[Change]:
    """Return the version that is replaced, and each field that is otherwise; of a first one all."""
    old = before.definition if before else after.definition
    rows = comparing.rows(old, after.definition, is_whole=before is None)
    return [
        Change(_("Version"), str(before) if before else NOTHING, str(after)),
        *(Change(row.what, row.before if before else NOTHING, row.after) for row in rows),
    ]


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
    for rate in prices(tariff):
        found[", ".join(filter(None, (rate.charge, rate.when, rate.use)))].append(rate.price)
    return {what: "; ".join(each) for what, each in found.items()}
