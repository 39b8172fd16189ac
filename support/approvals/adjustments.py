"""Adjustments above the limit in the inbox."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Approval
from ledger.operations import PeriodClosed
from statements.models import Adjustment
from statements.operations import adjusting
from statements.operations.adjusting.effect import fingerprint
from support.approvals.kind import Change, Decision, Described, Kind


def _adjustment(approval: Approval) -> Adjustment:
    return Adjustment.objects.select_related("statement__account__customer").get(
        pk=approval.object_key
    )


def _describe(approval: Approval) -> Described:
    adjustment = _adjustment(approval)
    before, after = approval.before, approval.after
    return Described(
        facts=[
            (_("Bill"), adjustment.statement.number),
            (_("Reason"), adjustment.get_reason_code_display()),
            (_("Text for the customer"), adjustment.customer_text or "–"),
        ],
        changes=[
            Change(
                _("The bill, with its adjustments"),
                before["adjusted_minor"],
                after["adjusted_minor"],
                is_money=True,
            ),
            Change(
                _("Balance of the account"),
                before["balance_minor"],
                after["balance_minor"],
                is_money=True,
            ),
        ],
    )


def _approve(decision: Decision) -> None:
    adjusting.approve_adjustment(
        _adjustment(decision.approval),
        asked=decision.approval,
        decided_by=decision.by,
        now=decision.now,
        real_now=decision.real_now,
    )


def _reject(decision: Decision) -> None:
    adjusting.reject_adjustment(
        _adjustment(decision.approval),
        asked=decision.approval,
        decided_by=decision.by,
        reason=decision.note,
        real_now=decision.real_now,
    )


def _withdraw(decision: Decision) -> None:
    adjusting.withdraw_adjustment(
        _adjustment(decision.approval),
        asked=decision.approval,
        withdrawn_by=decision.by,
        real_now=decision.real_now,
    )


KIND = Kind(
    code=adjusting.KIND,
    label=gettext_lazy("Adjustment of a bill"),
    deciding=adjusting.DECIDING,
    subject=lambda approval: str(approval.after["bill"]),
    describe=_describe,
    has_changed=lambda approval: fingerprint(_adjustment(approval)) != approval.fingerprint,
    approve=_approve,
    reject=_reject,
    withdraw=_withdraw,
    refusals={
        adjusting.NotAdjustable: gettext_lazy("The bill is not an issued one any more."),
        adjusting.BadAmount: gettext_lazy("So much of this bill cannot be credited any more."),
        PeriodClosed: gettext_lazy("The books of today are closed."),
    },
)
