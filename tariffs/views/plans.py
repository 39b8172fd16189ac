"""Making a plan, and changing one, step by step."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import person
from accounts.drafts import PersonalDraft
from accounts.queries import utility
from core import clock, wizard
from core.periods import local_date
from tariffs import access
from tariffs.authoring import NotExpressible, plan_state_of
from tariffs.models import Plan, VersionState
from tariffs.noting import note_written
from tariffs.plan_wizard.begun import newest
from tariffs.plan_wizard.wizard import PlanWizard

LARGEST = 100_000  # characters of a draft, with the plan as it was
ON_TOP = "on-top"


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Go on with the plan that this person was making; a POST begins anew."""
    return wizard.start(request, _work(request, None))


@require_http_methods(["GET", "POST"])
def new_step(request: HttpRequest, step: str) -> HttpResponse:
    return _step(request, _work(request, None), step)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Go on with the change that this person was making; a POST begins anew."""
    work = _work(request, code)
    if refused := _obstacle(request, work):
        return refused
    number = request.GET.get("from", "")
    if request.method == "GET" and number.isdecimal() and not work.begin_from(int(number)):
        messages.info(request, _("You were changing this plan already: begin anew to start over."))
    return wizard.start(request, work)


@require_http_methods(["GET", "POST"])
def edit_step(request: HttpRequest, code: str, step: str) -> HttpResponse:
    work = _work(request, code)
    return _obstacle(request, work) or _step(request, work, step)


def _work(request: HttpRequest, code: str | None) -> PlanWizard:
    actor = person(request.user)
    plan = access.plan_for(actor, code) if code else None
    page = f"plans/{plan.pk}" if plan else "plans/new"
    house = utility()
    return PlanWizard(
        PersonalDraft(actor, page, real_now=clock.real_now(), largest=LARGEST),
        plan=plan,
        utility=house,
        today=local_date(clock.now(), house.zone),
        actor=actor,
        added=request.GET.get("added", ""),
    )


def _step(request: HttpRequest, work: PlanWizard, step: str) -> HttpResponse:
    if step != wizard.CHECK:
        return wizard.step(request, work, step)
    if request.POST.get("act") == ON_TOP:
        work.put_on_top()
        return redirect(work.address(wizard.CHECK))
    before = _newest_said(work)
    response = wizard.check(request, work)
    done = work.store.read().get("done") if request.method == "POST" else None
    if done and response.status_code == 302:
        messages.success(request, _("Saved as version %(number)s, a draft.") % done)
        written = newest(access.plan_for(request.user, done["code"]))
        if written is not None:
            note_written(request, written, before)
    return response


def _newest_said(work: PlanWizard) -> dict[str, Any] | None:
    version = newest(work.plan) if work.plan else None
    return dict(version.definition) if version else None


def _obstacle(request: HttpRequest, work: PlanWizard) -> HttpResponse | None:
    """Lead back to the plan where its newest version cannot be changed here."""
    words = _why_not(work.plan)
    if not words:
        return None
    messages.warning(request, words)
    return redirect(work.leave)


def _why_not(plan: Plan | None) -> str:
    version = newest(plan) if plan else None
    if version is None:
        return ""
    if version.state == VersionState.IN_REVIEW:
        return _("%(version)s is in review: it is sent back before it changes.") % {
            "version": version
        }
    try:
        plan_state_of(version.definition)
    except NotExpressible as error:
        words = {"version": version, "part": error.path}
        return _("%(version)s says more than this form can: %(part)s. Change it as a file.") % words
    return ""
