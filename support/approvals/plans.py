"""Plans in the inbox."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Approval
from statements.operations import publish
from statements.pricing.detail import comparing
from support.approvals.kind import Change, Described, Kind
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
        changes=_changes(before.order_by("-starts_on").first(), version),
        link=reverse("statements:price_plan_version", args=(version.plan.code, version.number)),
    )


def _changes(before: PlanVersion | None, after: PlanVersion) -> list[Change]:
    """Return the version that is replaced, and each field that is otherwise; of a first one all."""
    old = before.definition if before else after.definition
    rows = comparing.rows(old, after.definition, is_whole=before is None)
    return [
        Change(_("Version"), str(before) if before else "–", str(after)),
        *(Change(row.what, row.before if before else "–", row.after) for row in rows),
    ]


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
