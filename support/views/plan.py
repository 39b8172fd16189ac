"""Changing a plan for the customer in the room: which fit, the first bill, then done."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import AssistanceGrant
from accounts.operations.grants import NotLive
from core import clock
from core.periods import local_date, midnight
from meters.models import CustomerAgreement
from statements.operations import switching
from statements.operations.assign import NotAssignable, next_cycle
from statements.plan_forms import GivePlanForm
from statements.pricing.candidates import candidates
from statements.pricing.preview import Preview, preview
from statements.problems import Problem
from support import access, drafts
from support.views.pages import page, status_of
from tariffs.models import Plan, PlanVersion


@require_http_methods(["GET", "POST"])
def change_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask which plan and from when, show the first bill, and give what was confirmed."""
    real_now, now = clock.real_now(), clock.now()
    grant, agreement = access.agreement(request.user, pk, real_now, now, action="help.plan")
    starts_at = next_cycle(agreement, now=now)
    typed = drafts.kept(grant, request.path)
    held = switching.plan_at(agreement, starts_at)
    known = [
        each
        for each in candidates(
            agreement, local_date(starts_at, agreement.usage_point.location.zone)
        )
        if held is None or each.version.plan_id != held.plan_version.plan_id
    ]
    form = GivePlanForm(request.POST or None, candidates=known, initial=typed)
    if request.method == "POST" and form.is_valid():
        answer = _checked(request, grant, agreement, form, now)
        if answer is not None:
            return answer
    context = {
        "grant": grant,
        "agreement": agreement,
        "form": form,
        "held": switching.plan_at(agreement, now),
        "others": [each for each in known if each.why_not],
        "has_choice": any(not each.why_not for each in known),
        "starts_on": local_date(starts_at, agreement.usage_point.location.zone),
        "is_draft": bool(typed) and request.method == "GET",
    }
    return page(request, "support/edit_plan.html", context, status=status_of(form))


def _checked(
    request: HttpRequest,
    grant: AssistanceGrant,
    agreement: CustomerAgreement,
    form: GivePlanForm,
    now: datetime,
) -> HttpResponse | None:
    """Show what would change, or change it; nothing when the form must be looked at again."""
    plan, starts_at = form.chosen, _begin(agreement, form, now)
    try:
        version = switching.offered(agreement, plan, max(starts_at, agreement.starts_at))
        if "confirmed" not in request.POST:
            return _check(request, grant, agreement, form, version, starts_at)
        _change(grant, agreement, plan, starts_at, now)
    except NotAssignable as error:
        form.add_error(None, str(error))
        return None
    drafts.used(grant, request.path)
    messages.success(request, _("The plan is changed, and the customer is told."))
    return redirect(f"{reverse('support:customer')}?tab=services")


def _change(
    grant: AssistanceGrant,
    agreement: CustomerAgreement,
    plan: Plan,
    starts_at: datetime,
    now: datetime,
) -> None:
    try:
        switching.change_plan(
            agreement,
            plan,
            starts_at=starts_at,
            grant=grant,
            now=now,
            real_now=clock.real_now(),
        )
    except NotLive as error:
        raise access.NoGrant from error


def _begin(agreement: CustomerAgreement, form: GivePlanForm, now: datetime) -> datetime:
    if form.cleaned_data["begins"] == GivePlanForm.DAY:
        return midnight(form.cleaned_data["day"], agreement.usage_point.location.zone)
    return next_cycle(agreement, now=now)


def _check(
    request: HttpRequest,
    grant: AssistanceGrant,
    agreement: CustomerAgreement,
    form: GivePlanForm,
    version: PlanVersion,
    starts_at: datetime,
) -> HttpResponse:
    held = switching.plan_at(agreement, starts_at)
    context = {
        "grant": grant,
        "agreement": agreement,
        "form": form,
        "before": held.plan_version.plan.name if held else "",
        "after": version.plan.name,
        "starts_on": local_date(starts_at, agreement.usage_point.location.zone),
        "preview": _first_bill(agreement, version, starts_at),
    }
    return page(request, "support/edit_plan_check.html", context)


def _first_bill(
    agreement: CustomerAgreement, version: PlanVersion, starts_at: datetime
) -> Preview | None:
    try:
        return preview(agreement, version, starts_at)
    except Problem:
        return None
