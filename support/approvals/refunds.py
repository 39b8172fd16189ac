"""Refunds in the inbox."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Approval
from ledger.operations import PeriodClosed
from payments.access.staff import DECIDING
from payments.desk.refunds import receipt_of, reopened
from payments.frozen import digest
from payments.models import Refund
from payments.operations import refunds
from support.approvals.kind import Change, Decision, Described, Kind


def _refund(approval: Approval) -> Refund:
    return Refund.objects.select_related("payment__account__customer", "suspense_item").get(
        pk=approval.object_key
    )


def _describe(approval: Approval) -> Described:
    refund = _refund(approval)
    receipt = receipt_of(refund)
    is_returnable = refunds.returnable_until(receipt) is not None
    opens = reopened(receipt, refund.amount_minor) if _waits(approval) else []
    number = refund.payment.reference if refund.payment else _("Unidentified receipt")
    return Described(
        facts=[(_("Receipt"), number)],
        changes=[
            Change(_("Open again: %(debt)s") % {"debt": item.words}, 0, item.amount_minor, True)
            for item in opens
        ],
        link=reverse("payments:refund", args=[refund.uid]),
        warning=_("A bank debit: while the bank may return it, the money could go back twice.")
        if is_returnable
        else "",
        note_help=_("Why it cannot wait until the bank can no longer return the money.")
        if is_returnable
        else "",
    )


def _waits(approval: Approval) -> bool:
    return approval.state == Approval.State.PENDING


def _approve(decision: Decision) -> None:
    refund = _refund(decision.approval)
    refunds.approve(refund, decided_by=decision.by, now=decision.now, override=decision.note)


def _reject(decision: Decision) -> None:
    refund = _refund(decision.approval)
    refunds.reject(refund, decided_by=decision.by, reason=decision.note, now=decision.now)


KIND = Kind(
    code=refunds.KIND,
    label=gettext_lazy("Refund"),
    deciding=DECIDING,
    subject=lambda approval: "",
    describe=_describe,
    has_changed=lambda approval: digest(_refund(approval).parameters) != approval.fingerprint,
    approve=_approve,
    reject=_reject,
    refusals={
        refunds.BadAmount: gettext_lazy("Less than that is left of this payment by now."),
        refunds.StillReturnable: gettext_lazy(
            "The payer's bank may still return this debit: say in the note why it cannot wait."
        ),
        PeriodClosed: gettext_lazy("The books of today are closed."),
    },
)
