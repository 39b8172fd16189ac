"""Plans in the inbox."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Approval
from statements.operations import publish
from support.approvals.kind import Change, Described, Kind
from support.approvals.prices import Publishing
from tariffs.engine import TariffError
from tariffs.models import PlanVersion
from tariffs.operations import NotPublishable

LEFT_OUT = ("format", "code", "from", "change_summary")  # the same, or told beside it


def _version(approval: Approval) -> PlanVersion:
    return PlanVersion.objects.select_related("plan", "author").get(pk=approval.object_key)


def _describe(approval: Approval) -> Described:
    version = _version(approval)
    before = version.plan.versions.in_force().filter(starts_on__lt=version.starts_on)
    return Described(
        facts=PUBLISHING.facts(approval),
        changes=_changes(before.order_by("-starts_on").first(), version),
    )


def _changes(before: PlanVersion | None, after: PlanVersion) -> list[Change]:
    """Return the version that is replaced, and each field of the plan that is otherwise."""
    old, new = before.definition if before else {}, after.definition
    names = [name for name in dict.fromkeys([*old, *new]) if name not in LEFT_OUT]
    return [
        Change(_("Version"), str(before) if before else "–", str(after)),
        *(
            Change(name, _told(old.get(name)), _told(new.get(name)))
            for name in names
            if old.get(name) != new.get(name)
        ),
    ]


def _told(value: Any) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


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
