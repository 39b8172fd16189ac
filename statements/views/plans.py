"""The customer's plans and prices, and asking for another plan."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import account_for, person, seen_as
from accounts.chosen import choose
from accounts.models import Approval, CustomerAccount
from accounts.operations import approvals
from accounts.rights import Right
from core import clock, formats
from core.periods import local_date
from meters.models import CustomerAgreement
from statements import access
from statements.models import PlanAssignment
from statements.operations import switching
from statements.operations.assign import NotAssignable, next_cycle
from statements.plan_forms import Offer, SwitchForm
from statements.presentation import plan_page
from statements.pricing.candidates import fitting_plans
from statements.pricing.preview import Preview, preview
from statements.problems import Problem
from statements.views.answers import private
from tariffs.models import PlanVersion


@require_GET
def plan(request: HttpRequest, number: str) -> HttpResponse:
    """Show what the account pays for by which plan, and whether another would cost less."""
    now = clock.now()
    account = account_for(request.user, number, now)
    choose(request, account)
    asked = request.GET.get("service", "")
    looked_at = int(asked) if asked.isascii() and asked.isdigit() else None
    context = {
        "account": account,
        "services": plan_page.services(account, now=now, looked_at=looked_at),
        "may_switch": Right.MANAGE in seen_as(request.user, account, now).rights,
        "is_automatic": switching.is_automatic(),
    }
    return private(render(request, "statements/plan.html", context))


@require_http_methods(["GET", "POST"])
def switch(request: HttpRequest, number: str) -> HttpResponse:
    """Ask which plan is wanted, show what it means, and send what was confirmed."""
    now = clock.now()
    account = account_for(request.user, number, now, Right.MANAGE)
    choose(request, account)
    if "withdraw" in request.POST:
        return _withdrawn(request, account)
    is_asked = request.method == "POST" or "choice" in request.GET
    data = request.POST if request.method == "POST" else request.GET
    form = SwitchForm(data if is_asked else None, offers=_offers(account, now))
    if not form.is_valid():
        context = {"account": account, "form": form}
        status = 422 if form.errors else 200
        return private(render(request, "statements/switch.html", context, status=status))
    if request.method == "POST" and "confirmed" in request.POST:
        return _asked(request, account, form, now)
    return _check(request, account, form, now)


def _offers(account: CustomerAccount, now: datetime) -> list[Offer]:
    """Return every plan that fits a service from its next billing period on, but its own."""
    found = []
    for agreement in access.agreements_of(account, now=now):
        starts_at = next_cycle(agreement, now=now)
        held = switching.plan_at(agreement, starts_at)
        day = local_date(starts_at, agreement.usage_point.location.zone)
        for version in fitting_plans(agreement, day):
            if held is None or held.plan_version.plan_id != version.plan_id:
                found.append(Offer(agreement, version))
    return found


def _check(
    request: HttpRequest, account: CustomerAccount, form: SwitchForm, now: datetime
) -> HttpResponse:
    """Show what the plan costs and what happens next; nothing is asked for yet."""
    agreement, version = form.offer.agreement, form.offer.version
    starts_at = next_cycle(agreement, now=now)
    starts_on = local_date(starts_at, agreement.usage_point.location.zone)
    held = switching.plan_at(agreement, now)
    context = {
        "account": account,
        "form": SwitchForm(initial={"choice": form.offer.key}, offers=[form.offer]),
        "choice": form.offer.key,
        "agreement": agreement,
        "before": held.plan_version.plan.name if held else "",
        "prices": plan_page.priced(version, agreement, starts_on),
        "starts_on": starts_on,
        "preview": first_bill(agreement, version, starts_at),
        "is_automatic": switching.is_automatic(),
    }
    return private(render(request, "statements/switch_check.html", context))


def first_bill(
    agreement: CustomerAgreement, version: PlanVersion, starts_at: datetime
) -> Preview | None:
    """Return the last month at the prices of a plan; None where there is nothing to price."""
    try:
        return preview(agreement, version, starts_at)
    except Problem:
        return None


def _asked(
    request: HttpRequest, account: CustomerAccount, form: SwitchForm, now: datetime
) -> HttpResponse:
    agreement, version = form.offer.agreement, form.offer.version
    try:
        made = switching.ask_to_switch(
            agreement,
            version.plan,
            by=person(request.user),
            note=form.cleaned_data["note"],
            now=now,
            real_now=clock.real_now(),
        )
    except approvals.AlreadyAsked:
        messages.info(request, _("You have asked for this plan already."))
    except NotAssignable as error:
        messages.error(request, str(error))
    else:
        _tell(request, made, version.plan.name)
    return redirect("statements:plan", account.number)


def _tell(request: HttpRequest, made: PlanAssignment | Approval, name: str) -> None:
    if isinstance(made, PlanAssignment):
        day = local_date(made.starts_at, made.agreement.usage_point.location.zone)
        words = {"plan": name, "day": formats.day(day)}
        messages.success(request, _("Your plan changes to %(plan)s on %(day)s.") % words)
    else:
        words = {"plan": name}
        messages.success(
            request, _("We have your request for %(plan)s. We tell you what we decide.") % words
        )


def _withdrawn(request: HttpRequest, account: CustomerAccount) -> HttpResponse:
    asked = access.switch_asked(request.user, account, request.POST["withdraw"])
    try:
        switching.withdraw_switch(asked, by=person(request.user), real_now=clock.real_now())
    except approvals.AlreadyDecided:
        messages.info(request, _("It was decided meanwhile."))
    else:
        messages.success(request, _("Your request is taken back. Your plan stays as it is."))
    return redirect("statements:plan", account.number)
