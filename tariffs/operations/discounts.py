"""Bring a discount policy in and put it into force: a rider that follows a condition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from tariffs import engine
from tariffs.models import Tariff, TariffVersion
from tariffs.operations.bring_in import import_tariff
from tariffs.operations.publish import NotPublishable, publish
from tariffs.plans import discount


@transaction.atomic
def import_discount(written: Mapping[str, Any], *, author: User | None) -> TariffVersion:
    """Check a discount policy and store it as the next draft of its tariff.

    :raises engine.TariffError: naming the field at fault
    :raises NotImportable: if its code is that of another service or something else
    """
    terms = discount.read(written)
    engine.parse(terms.definition)
    rivals = [each.conditions for each in _before(terms)]
    version = import_tariff(
        discount.against(terms, rivals), author=author, role=Tariff.Role.DISCOUNT
    )
    Tariff.objects.filter(pk=version.tariff_id).update(
        position=terms.position, stacking=terms.stacking
    )
    return version


@transaction.atomic
def publish_discount(
    version: TariffVersion,
    *,
    approver: User | None,
    published_at: datetime,
    billed_until: date | None = None,
) -> None:
    """Put a discount policy into force; it holds for all plans of its service.

    :param billed_until: as of `publish`
    :raises NotPublishable: as `publish`, or if it would come before one that it excludes
    """
    family = Tariff.objects.select_for_update().get(pk=version.tariff_id)
    if family.stacking == discount.Stacking.INSTEAD:
        later = _rivals(family.commodity).filter(position__gte=family.position)
        if other := later.exclude(pk=family.pk).order_by("position").first():
            words = {"discount": family, "other": other}
            raise NotPublishable(
                _("%(other)s would have to give way: let %(discount)s come after it.") % words
            )
    publish(version, approver=approver, published_at=published_at, billed_until=billed_until)


class _Rival:
    """A discount in force that excludes those after it."""

    def __init__(self, tariff: Tariff) -> None:
        version = tariff.versions.in_force().order_by("-starts_on")[0]
        (charge,) = version.definition["charges"]
        self.conditions = [name for name in charge["when"] if isinstance(name, str)]


def _before(terms: discount.DiscountTerms) -> list[_Rival]:
    """Return the discounts whose customers do not get this one."""
    if terms.stacking is not discount.Stacking.INSTEAD:
        return []
    others = _rivals(str(terms.definition["commodity"])).filter(position__lt=terms.position)
    others = others.exclude(code=terms.definition["code"])
    return [_Rival(tariff) for tariff in others.order_by("position", "pk")]


def _rivals(commodity: str) -> Any:
    in_force = Q(versions__state__in=("published", "superseded"))
    return Tariff.objects.filter(
        in_force,
        role=Tariff.Role.DISCOUNT,
        commodity=commodity,
        stacking=discount.Stacking.INSTEAD,
    ).distinct()
