"""Plans in the inbox."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.models import Approval
from statements.operations import publish
from support.approvals.differing import fields
from support.approvals.kind import Described, Kind
from support.approvals.prices import Publishing
from tariffs.engine import TariffError
from tariffs.models import PlanVersion
from tariffs.operations import NotPublishable


def _version(approval: Approval) -> PlanVersion:
    return PlanVersion.objects.select_related("plan", "author").get(pk=approval.object_key)


def _describe(approval: Approval) -> Described:
    version = _version(approval)
    before = version.plan.versions.in_force().filter(starts_on__lt=version.starts_on)
    return Described(
        facts=PUBLISHING.facts(approval),
        changes=fields(before.order_by("-starts_on").first(), version),
        link=reverse("statements:price_plan_version", args=(version.plan.code, version.number)),
    )


PUBLISHING = Publishing(_version)
KIND = Kind(
    code=publish.PLAN_KIND,
    label=gettext_lazy("A plan into force"),
    deciding=publish.DECIDING,
    subject=lambda approval: str(approval.after["version"]),
    describe=_describe,
    has_changed=PUBLISHING.has_changed,
    approve=PUBLISHING.approve,
    reject=PUBLISHING.reject,
    withdraw=PUBLISHING.withdraw,
    refusals={NotPublishable: None, TariffError: None},
)
