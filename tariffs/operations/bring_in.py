"""Turn a tariff file into a draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.operations import audit
from tariffs import engine
from tariffs.models import Tariff, TariffVersion


class CommodityDiffers(Exception):
    """The tariff exists already for another commodity."""


@transaction.atomic
def import_tariff(definition: Mapping[str, Any], *, author: User | None) -> TariffVersion:
    """Check a definition and store it as the next draft of its tariff.

    The definition that the newest version already has is not stored again.

    :raises engine.TariffError: naming the row that cannot be priced
    :raises CommodityDiffers: if the code belongs to a tariff of another commodity
    """
    parsed = engine.parse(definition)
    family = _family(parsed)
    newest = family.versions.order_by("-number").first()
    if newest is not None and newest.digest == parsed.digest:
        return newest
    draft = TariffVersion.objects.create(
        tariff=family,
        number=newest.number + 1 if newest else 1,
        rate_type=parsed.rate_type,
        starts_on=parsed.starts_on,
        ends_on=parsed.ends_on,
        currency=parsed.currency,
        definition=dict(definition),
        digest=parsed.digest,
        change_summary=parsed.change_summary,
        author=author,
    )
    audit("tariff.imported", draft, actor=author, detail={"digest": parsed.digest})
    return draft


def _family(parsed: engine.Tariff) -> Tariff:
    """Return the tariff of this code, locked, so that version numbers follow each other."""
    Tariff.objects.get_or_create(
        code=parsed.code, defaults={"name": parsed.name, "commodity": parsed.commodity}
    )
    family = Tariff.objects.select_for_update().get(code=parsed.code)
    if family.commodity != parsed.commodity:
        raise CommodityDiffers(f"{family.code} is a tariff for {family.get_commodity_display()}")
    return family
