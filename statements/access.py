"""The only way from a person and an address to a statement; what is foreign answers 404."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.http import Http404
from django.utils.translation import gettext as _

from accounts import access
from accounts.models import Approval, CustomerAccount, User
from accounts.queries import is_held
from accounts.rights import Right
from accounts.staff import StaffRole, has_role
from core.models import Job
from meters.models import CustomerAgreement
from statements.entries import with_left
from statements.models import Adjustment, BillingRun, ShadowRun, Statement, SuggestionDismissal
from statements.queries import EARLIER
from tariffs import access as prices


def statements_for(
    user: User | AnonymousUser, *, now: datetime, right: Right = Right.VIEW
) -> QuerySet[Statement]:
    """Return the issued statements of the accounts in which this user has the right now."""
    return Statement.objects.visible().filter(account__in=access.accounts_for(user, now, right))


def statement_for(
    user: User | AnonymousUser, number: str, *, now: datetime, right: Right = Right.VIEW
) -> Statement:
    """Return one of the user's statements by its number.

    :raises Http404: if there is none, or it is somebody else's
    """
    mine = statements_for(user, now=now, right=right)
    found = mine.filter(number=number).select_related("account__customer")
    try:
        return found.get()
    except Statement.DoesNotExist as error:
        raise Http404(_("There is no such bill among yours.")) from error


def statements_seen(user: User | AnonymousUser, *, now: datetime) -> QuerySet[Statement]:
    """Return the issued statements of the accounts that a page knows the person sees."""
    seen = [each.account.pk for each in access.seen_by(user, now)]
    return Statement.objects.visible().filter(account__one_of=seen)


def statement_to_read(
    user: User | AnonymousUser, number: str, *, now: datetime, real_now: datetime
) -> Statement:
    """Return one of the user's statements with all that its page tells of it at once.

    :raises Http404: if there is none, or it is somebody else's
    """
    seen = {each.account.pk: each for each in access.seen_by(user, now)}
    mine = with_left(statements_seen(user, now=now).filter(number=number))
    are_held = all(Right.INVITE in each.rights for each in seen.values())
    told = {
        "has_holder": Value(True) if are_held else is_held(OuterRef("account"), real_now),
        "has_adjustments": Exists(Adjustment.objects.filter(statement=OuterRef("pk"))),
        "earlier": EARLIER,
    }
    try:
        found = mine.annotate(**told).select_related("cancellation", "trace").get()
    except Statement.DoesNotExist as error:
        raise Http404(_("There is no such bill among yours.")) from error
    found.account = seen[found.account_id].account
    return found


def statement_by_id(user: User | AnonymousUser, pk: int, *, now: datetime) -> Statement:
    """Return one of the user's statements by its key, as links in notices carry it.

    :raises Http404: if there is none, or it is somebody else's
    """
    try:
        return statements_for(user, now=now).get(pk=pk)
    except Statement.DoesNotExist as error:
        raise Http404(_("There is no such bill among yours.")) from error


def run_for(user: User | AnonymousUser, pk: int) -> BillingRun:
    """Return a billing run for those who run billing.

    :raises Http404: for everybody else, and if there is none
    """
    if not may_run_billing(user):
        raise Http404
    try:
        return BillingRun.objects.select_related("cycle").get(pk=pk)
    except BillingRun.DoesNotExist as error:
        raise Http404 from error


DECIDING = (StaffRole.BILLING_SPECIALIST, StaffRole.BILLING_MANAGER)


def may_run_billing(user: User | AnonymousUser) -> bool:
    """Say whether this person sees the billing run console."""
    return has_role(user, *DECIDING, StaffRole.AUDITOR)


def may_decide_runs(user: User | AnonymousUser) -> bool:
    """Say whether this person may approve, release, retry and cancel; an auditor only sees."""
    return has_role(user, *DECIDING)


def run_to_decide(user: User | AnonymousUser, pk: int) -> BillingRun:
    """Return a billing run for those who decide what becomes of it.

    :raises Http404: for everybody else, and if there is none
    """
    if not may_decide_runs(user):
        raise Http404
    return run_for(user, pk)


def shadow_run_for(user: User | AnonymousUser, pk: int) -> ShadowRun:
    """Return a comparison of a draft with past bills, for those who see prices.

    :raises Http404: for everybody else, and if there is none
    """
    if not prices.may_read(user):
        raise Http404
    related = ("version__tariff", "plan_version__plan", "requested_by")
    try:
        return ShadowRun.objects.select_related(*related).get(pk=pk)
    except ShadowRun.DoesNotExist as error:
        raise Http404 from error


def dismissal_for(user: User | AnonymousUser, pk: int) -> SuggestionDismissal:
    """Return a suggestion that was put away, for those who write prices.

    :raises Http404: for everybody else, and if there is none
    """
    if not prices.may_change(user):
        raise Http404
    found = SuggestionDismissal.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def statement_of_run(
    user: User | AnonymousUser, run_pk: int, *, pk: int | None = None, number: str = ""
) -> Statement:
    """Return a statement of a run by key or number, for those who decide about the run.

    :raises Http404: for everybody else, and if the run has no such statement
    """
    run = run_to_decide(user, run_pk)
    wanted = {"pk": pk} if pk is not None else {"number": number.strip()}
    found = Statement.objects.filter(run=run, **wanted).select_related("account__customer")
    try:
        return found.get()
    except Statement.DoesNotExist as error:
        raise Http404(_("This run has no such bill.")) from error


def bills_to_send(user: User | AnonymousUser, keys: Collection[int]) -> list[Statement]:
    """Return bills by their keys, in the order of their numbers, for those who decide about runs.

    :raises Http404: for everybody else
    """
    if not may_decide_runs(user):
        raise Http404
    found = Statement.objects.visible().filter(pk__one_of=keys)
    return list(found.select_related("account__customer").order_by("number"))


def agreements_of(account: CustomerAccount, *, now: datetime) -> QuerySet[CustomerAgreement]:
    """Return what is delivered to an account that was reached by its own access, by service."""
    live = Q(starts_at__lte=now) & (Q(ends_at__isnull=True) | Q(ends_at__gt=now))
    found = CustomerAgreement.objects.filter(live, account=account)
    related = found.select_related("account__customer", "usage_point__location")
    return related.order_by("usage_point__commodity", "pk")


def switch_asked(user: User | AnonymousUser, account: CustomerAccount, uid: str) -> Approval:
    """Return a request for another plan of such an account that this person made.

    :raises Http404: if there is none
    """
    mine = Approval.objects.filter(kind="plan.switch", account=account, requested_by=user.pk)
    found = mine.filter(uid=uid).first() if _is_uuid(uid) else None
    if found is None:
        raise Http404
    return found


def job_of(kind: str, token: UUID, by: User) -> Job:
    """Return the work of this kind that a person started with a form.

    :raises Http404: if they did not
    """
    found = Job.objects.filter(kind=kind, key=f"{kind}:{by.pk}:{token}").first()
    if found is None:
        raise Http404
    return found


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
