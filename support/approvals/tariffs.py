"""Prices in the inbox."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.models import Approval
from statements.operations import publish
from support.approvals.differing import fields, priced
from support.approvals.kind import Described, Kind
from support.approvals.prices import Publishing
from tariffs.engine import TariffError
from tariffs.models import Tariff, TariffVersion
from tariffs.operations import NotPublishable


def _version(approval: Approval) -> TariffVersion:
    return TariffVersion.objects.select_related("tariff", "author").get(pk=approval.object_key)


def _describe(approval: Approval) -> Described:
    version = _version(approval)
    before = version.tariff.versions.in_force().filter(starts_on__lt=version.starts_on)
    replaced = before.order_by("-starts_on").first()
    prices = priced(replaced, version)
    return Described(
        facts=PUBLISHING.facts(approval),
        prices=prices,
        changes=fields(replaced, version, but="price" if prices else ""),
        link=_page(version),
    )


def _page(version: TariffVersion) -> str:
    """Return where the whole version is read, with its checks and what it will do."""
    if version.tariff.role == Tariff.Role.DISCOUNT:
        return reverse("statements:discount", args=(version.tariff.code,))
    return reverse("statements:price_tariff_version", args=(version.tariff.code, version.number))


PUBLISHING = Publishing(_version)
KIND = Kind(
    code=publish.KIND,
    label=gettext_lazy("Prices into force"),
    deciding=publish.DECIDING,
    subject=lambda approval: str(approval.after["version"]),
    describe=_describe,
    has_changed=PUBLISHING.has_changed,
    approve=PUBLISHING.approve,
    reject=PUBLISHING.reject,
    withdraw=PUBLISHING.withdraw,
    refusals={NotPublishable: None, TariffError: None},  # they say themselves what is wrong
)
