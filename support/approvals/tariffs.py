"""Prices in the inbox."""

from __future__ import annotations

import json
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Approval
from statements.operations import publish
from support.approvals.kind import Change, Described, Kind
from support.approvals.prices import Publishing
from tariffs.engine import TariffError
from tariffs.models import Tariff, TariffVersion
from tariffs.operations import NotPublishable

NAMING = ("code", "name", "kind", "unit")  # of a charge: what it is, not what it costs


def _version(approval: Approval) -> TariffVersion:
    return TariffVersion.objects.select_related("tariff", "author").get(pk=approval.object_key)


def _describe(approval: Approval) -> Described:
    version = _version(approval)
    before = version.tariff.versions.in_force().filter(starts_on__lt=version.starts_on)
    replaced = before.order_by("-starts_on").first()
    return Described(
        facts=PUBLISHING.facts(approval),
        changes=_changes(replaced, version),
        link=_page(version),
    )


def _page(version: TariffVersion) -> str:
    """Return where the whole version is read, with its checks and what it will do."""
    if version.tariff.role == Tariff.Role.DISCOUNT:
        return reverse("statements:discount", args=(version.tariff.code,))
    return reverse("statements:price_tariff_version", args=(version.tariff.code, version.number))


def _changes(before: TariffVersion | None, after: TariffVersion) -> list[Change]:
    """Return the version that is replaced, and each charge that is new, gone or otherwise."""
    old, new = _charges(before), _charges(after)
    return [
        Change(_("Version"), str(before) if before else "–", str(after)),
        *(
            Change(name, old.get(name, "–"), new.get(name, "–"))
            for name in dict.fromkeys([*old, *new])
            if old.get(name) != new.get(name)
        ),
    ]


def _charges(version: TariffVersion | None) -> dict[str, str]:
    """Return what each charge of a version costs, by its name: its price, or all that it says."""
    charges = version.definition["charges"] if version else []
    return {str(charge.get("name") or charge["code"]): _priced(charge) for charge in charges}


def _priced(charge: dict[str, Any]) -> str:
    rest = {key: said for key, said in charge.items() if key not in NAMING}
    if set(rest) == {"price"}:
        return str(rest["price"])
    return json.dumps(rest, ensure_ascii=False, sort_keys=True)


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
