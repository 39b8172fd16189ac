"""Billing runs in the inbox: those that somebody started ask; those of the timetable only wait."""

from __future__ import annotations

from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Approval
from statements.access import DECIDING
from statements.models import BillingRun
from statements.operations import asking, decide
from support.approvals.kind import Decision, Described, Kind


def without_request() -> QuerySet[BillingRun]:
    """Return the runs that wait and in whose name nobody asks, the oldest first."""
    asked = Approval.objects.filter(
        kind=asking.KIND, object_type=BillingRun._meta.label_lower, object_key=OuterRef("key")
    )
    waiting = BillingRun.objects.filter(state=BillingRun.State.AWAITING_APPROVAL)
    keyed = waiting.annotate(key=Cast("pk", CharField()))
    return keyed.filter(~Exists(asked)).select_related("cycle").order_by("month", "pk")


def _run(approval: Approval) -> BillingRun:
    return BillingRun.objects.select_related("cycle").get(pk=approval.object_key)


def _describe(approval: Approval) -> Described:
    run = _run(approval)
    return Described(
        facts=[
            (_("Billed month"), approval.after["month"]),
            (_("Bills that go out"), approval.after["bills"]),
        ],
        link=reverse("statements:run", args=[run.pk]),
    )


def _approve(decision: Decision) -> None:
    decide.approve_run(_run(decision.approval), actor=decision.by, asked=decision.approval)


def _reject(decision: Decision) -> None:
    run = _run(decision.approval)
    decide.return_run(run, actor=decision.by, reason=decision.note, asked=decision.approval)


KIND = Kind(
    code=asking.KIND,
    label=gettext_lazy("Billing run"),
    deciding=DECIDING,
    subject=lambda approval: str(approval.after["month"]),
    describe=_describe,
    has_changed=lambda approval: asking.fingerprint(_run(approval)) != approval.fingerprint,
    approve=_approve,
    reject=_reject,
    refusals={
        decide.SecondPersonNeeded: gettext_lazy(
            "You started this run or released a bill of it: somebody else must decide."
        ),
        decide.NotNow: gettext_lazy("This run does not wait for approval any more."),
    },
)
