"""A customer asks for another plan: given at once or decided by billing, from the next cycle on.

What a customer asks for is an approval about the agreement; who decides is told by `PLAN_SWITCH`.
Of several requests about one agreement the last one counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import grants
from accounts.models import Approval, AssistanceGrant, User
from accounts.operations import approvals
from accounts.operations.grants import raise_level
from accounts.queries import people_to_tell
from accounts.staff import StaffRole
from core import formats
from core.periods import local_date
from meters.models import CustomerAgreement
from notifications.operations import announce
from statements import plan_notices
from statements.models import PlanAssignment
from statements.operations.assign import NotAssignable, assign_plan, next_cycle, version_on
from statements.operations.fitting import refuse_misfit
from tariffs.models import Plan, PlanVersion

KIND = "plan.switch"
DECIDING = (StaffRole.BILLING_SPECIALIST, StaffRole.BILLING_MANAGER)


def is_automatic() -> bool:
    """Say whether a plan that fits is given without a person; a misspelt setting does not."""
    return settings.PLAN_SWITCH == "automatic"


@transaction.atomic
def ask_to_switch(
    agreement: CustomerAgreement,
    plan: Plan,
    *,
    by: User,
    note: str = "",
    now: datetime,
    real_now: datetime,
) -> Approval | PlanAssignment:
    """Ask for another plan from the next billing period on, or get it where that is automatic.

    A request about another plan that still waits gives way to this one.

    :param note: what the customer has to say about it
    :raises NotAssignable: if the plan does not fit, or is the one that it has or will have then
    :raises AlreadyAsked, NotAllowed: of `approvals`
    """
    agreement = _locked(agreement)
    starts_at = next_cycle(agreement, now=now)
    version = offered(agreement, plan, starts_at)
    before = plan_at(agreement, starts_at)
    if before is not None and before.plan_version.plan_id == plan.pk:
        raise NotAssignable(_("It has %s already.") % plan)
    if is_automatic():
        return _given(agreement, version, starts_at, by, note, now, real_now)
    return approvals.ask(
        KIND,
        agreement,
        requested_by=by,
        reason=note or str(plan),
        account=agreement.account,
        before={"plan": str(before.plan_version.plan) if before else ""},
        after={
            "plan": plan.name,
            "code": plan.code,
            "service": agreement.usage_point.commodity,
            "starts_on": _day(agreement, starts_at),
        },
        fingerprint=fingerprint(agreement, plan),
        real_now=real_now,
    )


@transaction.atomic
def approve_switch(asked: Approval, *, decided_by: User, now: datetime, real_now: datetime) -> None:
    """Give the plan from the billing period on that follows the decision, and tell the customer.

    :raises NotAllowed, SamePerson, AlreadyDecided, ChangedSince: of `approvals`
    :raises NotAssignable: if the plan does not fit any more; nothing is decided then
    """
    agreement, plan = _locked(agreement_of(asked)), plan_of(asked)
    _must_be_neutral(agreement, decided_by, real_now)
    approvals.approve(
        asked,
        decided_by=decided_by,
        real_now=real_now,
        fingerprint=fingerprint(agreement, plan),
        among=DECIDING,
    )
    starts_at = next_cycle(agreement, now=now)
    version = offered(agreement, plan, starts_at)
    _given(agreement, version, starts_at, decided_by, asked.reason, now, real_now)


@transaction.atomic
def reject_switch(
    asked: Approval, *, decided_by: User, note: str, now: datetime, real_now: datetime
) -> None:
    """Refuse another plan, and tell the customer why.

    :raises ReasonMissing, NotAllowed, SamePerson, AlreadyDecided: of `approvals`
    """
    agreement = agreement_of(asked)
    _must_be_neutral(agreement, decided_by, real_now)
    approvals.reject(asked, decided_by=decided_by, note=note, real_now=real_now, among=DECIDING)
    people = _people(agreement, real_now)
    announce([plan_notices.not_switched(asked, agreement, people, note=note)], now=now)


def withdraw_switch(asked: Approval, *, by: User, real_now: datetime) -> None:
    """Take back what one asked for, before anybody has decided.

    :raises NotAllowed, AlreadyDecided: of `approvals`
    """
    approvals.withdraw(asked, withdrawn_by=by, real_now=real_now)


@transaction.atomic
def change_plan(
    agreement: CustomerAgreement,
    plan: Plan,
    *,
    starts_at: datetime,
    grant: AssistanceGrant,
    now: datetime,
    real_now: datetime,
) -> PlanAssignment:
    """Give a plan as an employee who helps the customer, who is told of it.

    What the customer had asked for and nobody has decided gives way.

    :raises NotAllowed: of `approvals`, if the session is about another customer
    :raises NotLive: of `grants`, if the session has ended
    :raises NotAssignable: if the plan does not fit on that day, or time would change that is billed
    """
    agreement = _locked(agreement)
    if grant.customer_id != agreement.account.customer_id:
        raise approvals.NotAllowed("the help session is about another customer")
    raise_level(grant, real_now)
    version = offered(agreement, plan, max(starts_at, agreement.starts_at))
    if waiting := approvals.pending_for(KIND, agreement):
        approvals.lapse(waiting, real_now=real_now)
    given = assign_plan(agreement, version, starts_at=starts_at, actor=grant.employee, grant=grant)
    announce([plan_notices.switched(given, _people(agreement, real_now))], now=now)
    return given


def offered(agreement: CustomerAgreement, plan: Plan, starts_at: datetime) -> PlanVersion:
    """Return the version of a plan that an agreement can have from a moment on.

    :raises NotAssignable: saying why there is none
    """
    day = local_date(starts_at, agreement.usage_point.location.zone)
    version = version_on(plan, day)
    if version is None:
        words = {"plan": plan, "day": formats.day(day)}
        raise NotAssignable(_("%(plan)s has no version on %(day)s.") % words)
    refuse_misfit(agreement, version, day)
    return version


def plan_at(agreement: CustomerAgreement, moment: datetime) -> PlanAssignment | None:
    """Return the plan that an agreement has at a moment, as far as it is known now."""
    begun = PlanAssignment.objects.filter(agreement=agreement, starts_at__lte=moment)
    last = begun.select_related("plan_version__plan").order_by("-starts_at").first()
    return last if last and (last.ends_at is None or last.ends_at > moment) else None


def fingerprint(agreement: CustomerAgreement, plan: Plan) -> str:
    """Return what tells whether an agreement has the plans that it had, and which is wanted."""
    rows = PlanAssignment.objects.filter(agreement=agreement).order_by("starts_at")
    held = list(rows.values_list("pk", "plan_version_id", "ends_at"))
    return hashlib.sha256(repr((agreement.pk, plan.pk, held)).encode()).hexdigest()


def agreement_of(asked: Approval) -> CustomerAgreement:
    """Return the agreement that a request is about."""
    related = CustomerAgreement.objects.select_related("account__customer", "usage_point__location")
    return related.get(pk=asked.object_key)


def plan_of(asked: Approval) -> Plan:
    """Return the plan that a request is about."""
    return Plan.objects.get(code=asked.after["code"])


def _locked(agreement: CustomerAgreement) -> CustomerAgreement:
    held = CustomerAgreement.objects.select_for_update(of=("self",)).select_related(
        "account__customer", "usage_point__location"
    )
    return held.get(pk=agreement.pk)


def _given(
    agreement: CustomerAgreement,
    version: PlanVersion,
    starts_at: datetime,
    by: User,
    reason: str,
    now: datetime,
    real_now: datetime,
) -> PlanAssignment:
    given = assign_plan(agreement, version, starts_at=starts_at, actor=by, reason=reason)
    announce([plan_notices.switched(given, _people(agreement, real_now))], now=now)
    return given


def _must_be_neutral(agreement: CustomerAgreement, person: User, real_now: datetime) -> None:
    if grants.is_close(person, agreement.account.customer, real_now):
        raise approvals.NotAllowed(f"{person} is close to the customer of {agreement}")


def _people(agreement: CustomerAgreement, real_now: datetime) -> Sequence[User]:
    return people_to_tell([agreement.account_id], real_now)[agreement.account_id]


def _day(agreement: CustomerAgreement, moment: datetime) -> str:
    return local_date(moment, agreement.usage_point.location.zone).isoformat()
