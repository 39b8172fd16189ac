"""Other plans that customers ask for, in the inbox."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Approval, Commodity
from core import formats
from core.periods import local_date
from statements.operations import switching
from statements.operations.assign import NotAssignable, next_cycle
from statements.pricing.preview import Preview, preview
from statements.problems import Problem
from support.approvals.kind import Change, Decision, Described, Kind


def _describe(approval: Approval) -> Described:
    after = approval.after
    return Described(
        facts=[
            (_("Service"), Commodity(after["service"]).label),
            (_("Asked for from"), formats.day(date.fromisoformat(after["starts_on"]))),
            *_first_bill(approval),
        ],
        changes=[Change(_("Plan"), approval.before["plan"] or "–", after["plan"])],
        warning=_misfit(approval) if approval.state == Approval.State.PENDING else "",
    )


def _first_bill(approval: Approval) -> list[tuple[str, str]]:
    """Return what the last month would come to, while the request waits."""
    if approval.state != Approval.State.PENDING:
        return []
    try:
        found = _preview(approval)
    except (Problem, NotAssignable):
        return []
    month = local_date(found.month.starts_at, found.zone)
    words = {"month": formats.month(month)}
    return [
        (
            _("%(month)s would have come to") % words,
            formats.money(found.total_minor, found.currency),
        )
    ]


def _preview(approval: Approval) -> Preview:
    agreement, plan = switching.agreement_of(approval), switching.plan_of(approval)
    starts_at = next_cycle(agreement, now=approval.requested_at)
    version = switching.offered(agreement, plan, starts_at)
    return preview(agreement, version, starts_at)


def _misfit(approval: Approval) -> str:
    agreement, plan = switching.agreement_of(approval), switching.plan_of(approval)
    try:
        switching.offered(agreement, plan, next_cycle(agreement, now=approval.requested_at))
    except NotAssignable as error:
        return str(error)
    return ""


def _has_changed(approval: Approval) -> bool:
    agreement, plan = switching.agreement_of(approval), switching.plan_of(approval)
    return switching.fingerprint(agreement, plan) != approval.fingerprint


def _approve(decision: Decision) -> None:
    switching.approve_switch(
        decision.approval, decided_by=decision.by, now=decision.now, real_now=decision.real_now
    )


def _reject(decision: Decision) -> None:
    switching.reject_switch(
        decision.approval,
        decided_by=decision.by,
        note=decision.note,
        now=decision.now,
        real_now=decision.real_now,
    )


KIND = Kind(
    code=switching.KIND,
    label=gettext_lazy("Another plan"),
    deciding=switching.DECIDING,
    subject=lambda approval: str(approval.after["plan"]),
    describe=_describe,
    has_changed=_has_changed,
    approve=_approve,
    reject=_reject,
    refusals={NotAssignable: None},  # it says itself why the plan does not fit
)
