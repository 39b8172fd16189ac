"""Spells out whom a version serves: a row for each category and area, "any" included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from accounts.models import ConsumerCategory, ServiceArea
from tariffs.engine import Tariff, TariffError
from tariffs.models import EligibilityKey, TariffVersion

Node = TypeVar("Node", ConsumerCategory, ServiceArea)


def keys(draft: TariffVersion, parsed: Tariff) -> list[EligibilityKey]:
    """Return the rows of a version, not saved yet.

    :raises TariffError: if the definition names a category or area that does not exist
    """
    areas = list(ServiceArea.objects.filter(commodity=draft.tariff.commodity).order_by("pk"))
    categories = list(ConsumerCategory.objects.order_by("pk"))
    return [
        _key(draft, category, area)
        for category in _named(categories, parsed.eligibility["categories"], "categories")
        for area in _named(areas, parsed.eligibility["areas"], "areas")
    ]


def _named(known: Sequence[Node], codes: Sequence[str], field: str) -> list[Node | None]:
    """Return the rows of these codes with all below them; no code stands for every row and none."""
    if not codes:
        every: list[Node | None] = [None]
        every.extend(known)
        return every
    missing = set(codes) - {row.code for row in known}
    if missing:
        path = f"eligibility.{field}[{list(codes).index(min(missing))}]"
        raise TariffError(path, f"{min(missing)!r} does not exist")
    picked = {row.pk for row in known if row.code in codes}
    size = 0
    while size < len(picked):
        size = len(picked)
        picked |= {row.pk for row in known if row.parent_id in picked}
    return [row for row in known if row.pk in picked]


def _key(
    draft: TariffVersion, category: ConsumerCategory | None, area: ServiceArea | None
) -> EligibilityKey:
    commodity = draft.tariff.commodity
    parts = (commodity, draft.rate_type, category and category.code, area and area.code)
    return EligibilityKey(
        version=draft,
        commodity=commodity,
        rate_type=draft.rate_type,
        category=category,
        area=area,
        key="/".join(part or "*" for part in parts),
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
    )
