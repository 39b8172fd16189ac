"""Spells out whom a version serves: a row for each category and area, "any" included.

A category or area that is added later is served by every published version that serves the one it
belongs to, or any: its rows repeat theirs. Two versions that would meet in such a row meet in the
row it repeats already, so adding brings no overlap in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.db import transaction

from accounts.models import ConsumerCategory, ServiceArea, Utility
from tariffs.engine import Tariff, TariffError
from tariffs.models import IN_FORCE, EligibilityKey, TariffVersion

Node = TypeVar("Node", ConsumerCategory, ServiceArea)


def hold() -> None:
    """Wait for whoever publishes or adds a category or area, so that neither misses the other.

    Called first in the transaction, before any version is locked.
    """
    Utility.objects.select_for_update(no_key=True).filter(pk=1).first()


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


@transaction.atomic
def serve(node: ConsumerCategory | ServiceArea) -> int:
    """Let published versions serve a category or area that was just added; return how many rows.

    The guard of the database lets no other row be added to a published version.
    """
    above = EligibilityKey.objects.filter(version__state__in=IN_FORCE)
    if isinstance(node, ConsumerCategory):
        above = above.filter(category=node.parent)
    else:
        above = above.filter(area=node.parent, commodity=node.commodity)
    locked = TariffVersion.objects.select_for_update(of=("self",)).order_by("pk")
    list(locked.filter(pk__in=above.values("version")).values_list("pk"))  # nobody ends one now
    rows = above.select_related("version__tariff", "category", "area").order_by("pk")
    return len(EligibilityKey.objects.bulk_create(_beside(row, node) for row in rows))


def _beside(row: EligibilityKey, node: ConsumerCategory | ServiceArea) -> EligibilityKey:
    if isinstance(node, ConsumerCategory):
        return _key(row.version, node, row.area)
    return _key(row.version, row.category, node)


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
    version: TariffVersion, category: ConsumerCategory | None, area: ServiceArea | None
) -> EligibilityKey:
    commodity = version.tariff.commodity
    parts = (commodity, version.rate_type, category and category.code, area and area.code)
    return EligibilityKey(
        version=version,
        commodity=commodity,
        rate_type=version.rate_type,
        category=category,
        area=area,
        key="/".join(part or "*" for part in parts),
        starts_on=version.starts_on,
        ends_on=version.ends_on,
    )
