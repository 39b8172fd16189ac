"""Moving the customers of one plan to another: whom, foreseen, done, and what became of each."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import person
from accounts.models import User
from accounts.operations import audit
from core import clock
from core.models import Job
from core.pages import render_part
from core.tables import bulk
from statements.access import job_of
from statements.operations import moving
from statements.plan_forms import MoveForm
from statements.presentation.runs import Progress
from tariffs import access
from tariffs.models import Plan

AT_ONCE = 100  # agreements that are moved while the page is asked for; of more, workers do it
ON_PAGE = 50


@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, code: str) -> HttpResponse:
    """Ask whose customers move to this plan, foresee it, and do what was confirmed."""
    plan = _plan(request, code)
    by = person(request.user)
    if token := request.GET.get("done"):
        return _result(request, plan, by, token)
    data = request.POST if request.method == "POST" else request.GET or None
    form = MoveForm(data, target=plan, sources=_sources(request, plan))
    if request.method == "POST" and form.is_valid() and form.cleaned_data["token"]:
        return _start(form, plan, by)
    context = {"plan": plan, "form": form}
    if form.is_valid():
        context |= _foreseen(request, form)
    status = 422 if form.errors else 200
    return _private(render(request, "statements/prices/assign.html", context, status=status))


def _plan(request: HttpRequest, code: str) -> Plan:
    found = access.plans_to_change(request.user).filter(code__iexact=code).first()
    if found is None:
        raise Http404
    return found


def _sources(request: HttpRequest, plan: Plan) -> list[Plan]:
    return list(access.plans_for(request.user).exclude(pk=plan.pk).order_by("name"))


def _foreseen(request: HttpRequest, form: MoveForm) -> dict[str, object]:
    found = moving.moves(form.choice, now=clock.now())
    stay = [each for each in found if each.why_not]
    return {
        "found": found,
        "moving": len(found) - len(stay),
        "staying": len(stay),
        "reasons": moving.reasons(found),
        "page": Paginator(found, ON_PAGE).get_page(request.GET.get("page")),
        "token": uuid4(),
    }


def _start(form: MoveForm, plan: Plan, by: User) -> HttpResponse:
    """Keep what is to be done, and do it at once where it is little."""
    token, now = form.cleaned_data["token"], clock.now()
    found = moving.moves(form.choice, now=now)
    job = moving.start(form.choice, found, token=token, by=by, real_now=clock.real_now())
    detail = {"plan": str(plan), "from": str(form.choice.source), "agreements": job.all_steps}
    audit("plan.move", plan, actor=by, detail=detail)
    if job.all_steps <= AT_ONCE:
        while moving.advance(moving.waiting().filter(pk=job.pk), now=now):
            pass
    return redirect(f"{reverse('statements:plan_assign', args=[plan.code])}?done={token}")


def _result(request: HttpRequest, plan: Plan, by: User, token: str) -> HttpResponse:
    job = job_of(moving.KIND, _uuid(token), by)
    rows = [
        bulk.Outcome(place, number, not why_not, why_not or _("Moved; the customer is told."))
        for place, (number, why_not) in enumerate(job.result["rows"])
    ]
    context = {
        "plan": plan,
        "job": job,
        "is_moving": job.state in (Job.State.PENDING, Job.State.RUNNING),
        "has_failed": job.state == Job.State.FAILED,
        "progress": Progress(job.done_steps, job.all_steps),
        "outcomes": rows,
        "done": sum(each.is_done for each in rows),
        "back": reverse("statements:plan_assign", args=[plan.code]),
        "here": request.get_full_path(),
    }
    page, part = "statements/prices/assigned.html", "statements/prices/_assigned.html"
    return _private(render_part(request, page, part, context))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response
