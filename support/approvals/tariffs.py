"""Prices in the inbox."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Approval
from accounts.operations import approvals
from statements.operations import publish
from support.approvals.kind import Change, Decision, Described, Kind
from tariffs.engine import TariffError
from tariffs.models import TariffVersion
from tariffs.operations import NotPublishable


def _version(approval: Approval) -> TariffVersion:
    return TariffVersion.objects.select_related("tariff", "author").get(pk=approval.object_key)


def _describe(approval: Approval) -> Described:
    version = _version(approval)
    before = version.tariff.versions.in_force().filter(starts_on__lt=version.starts_on)
    replaced = before.order_by("-starts_on").first()
    return Described(
        facts=[
            (_("In force from"), version.starts_on),
            (_("What changed"), version.change_summary),
            (_("Written by"), version.author or _("an import")),
        ],
        changes=[Change(_("Prices"), str(replaced) if replaced else "–", str(version))],
    )


def _approve(decision: Decision) -> None:
    publish.approve_publication(
        _version(decision.approval),
        asked=decision.approval,
        approver=decision.by,
        published_at=decision.now,
    )


def _reject(decision: Decision) -> None:
    approvals.reject(
        decision.approval,
        decided_by=decision.by,
        note=decision.note,
        real_now=decision.real_now,
        among=publish.DECIDING,
    )


def _withdraw(decision: Decision) -> None:
    approvals.withdraw(decision.approval, withdrawn_by=decision.by, real_now=decision.real_now)


KIND = Kind(
    code=publish.KIND,
    label=gettext_lazy("Prices into force"),
    deciding=publish.DECIDING,
    subject=lambda approval: str(approval.after["version"]),
    describe=_describe,
    has_changed=lambda approval: _version(approval).digest != approval.fingerprint,
    approve=_approve,
    reject=_reject,
    withdraw=_withdraw,
    refusals={NotPublishable: None, TariffError: None},  # they say themselves what is wrong
)
