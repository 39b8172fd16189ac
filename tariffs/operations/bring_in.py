"""Turn a tariff file into a draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import audit
from tariffs import engine
from tariffs.models import Tariff, TariffVersion, VersionState


class NotImportable(Exception):
    """The definition can be priced, and yet does not fit the tariffs that are there."""


class CommodityDiffers(NotImportable):
    """The tariff exists already for another commodity."""


class RoleDiffers(NotImportable):
    """The code belongs to a discount or to the charges of a plan, or the other way round."""


class NameTaken(NotImportable):
    """Another tariff has the name."""


@transaction.atomic
def import_tariff(
    definition: Mapping[str, Any],
    *,
    author: User | None,
    role: Tariff.Role = Tariff.Role.OFFERED,
) -> TariffVersion:
    """Check a definition and store it as the next draft of its tariff.

    The definition that the newest version already has is not stored again.

    :raises engine.TariffError: naming the row that cannot be priced
    :raises NotImportable: if the code is that of another commodity or role, or the name is taken
    """
    parsed = engine.parse(definition)
    family = _family(parsed, role)
    newest = family.versions.order_by("-number").first()
    if newest and newest.digest == parsed.digest and newest.state != VersionState.WITHDRAWN:
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


def refuse_taken_name(name: str, *, but: str) -> None:
    """Refuse a name that a tariff of another code has.

    :raises NameTaken: naming it
    """
    others = Tariff.objects.filter(role=Tariff.Role.OFFERED, name__iexact=name).exclude(code=but)
    if other := others.first():
        words = {"name": other.name, "code": other.code}
        raise NameTaken(_("Another tariff is called %(name)s already: %(code)s.") % words)


def _family(parsed: engine.Tariff, role: Tariff.Role) -> Tariff:
    """Return the tariff of this code, locked, so that version numbers follow each other."""
    if role is Tariff.Role.OFFERED:
        refuse_taken_name(parsed.name, but=parsed.code)
    family, is_new = Tariff.objects.get_or_create(
        code=parsed.code,
        defaults={"name": parsed.name, "commodity": parsed.commodity, "role": role},
    )
    if not is_new:
        family = Tariff.objects.select_for_update().get(pk=family.pk)
    if family.commodity != parsed.commodity:
        raise CommodityDiffers(f"{family.code} is a tariff for {family.get_commodity_display()}")
    if family.role != role:
        words = {"code": family.code, "role": family.get_role_display()}
        raise RoleDiffers(_("%(code)s is something else already: %(role)s.") % words)
    return family
