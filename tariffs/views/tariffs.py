"""Writing tariffs, step by step, by those who may change prices."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import person
from accounts.drafts import PersonalDraft
from accounts.models import Commodity
from accounts.queries import utility
from core import clock, wizard
from core.wizard.draft import load, save
from tariffs import access, operations
from tariffs.authoring import NotExpressible
from tariffs.exchange.templates import template
from tariffs.models import RateType, Tariff, VersionState
from tariffs.noting import note_written
from tariffs.wizard import begin, conflict
from tariffs.wizard.coming import NEW, Coming
from tariffs.wizard.wizard import LARGEST, TariffWizard

MINE = "mine"  # put on top of what somebody else did; whatever else is sent begins anew


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose what to begin with; who comes from a plan begins with what the plan asks for."""
    work = _new(request)
    if request.method == "POST":
        return _begin(request, work)
    if work.coming.plan:
        return wizard.start(request, work)
    context = {"wizard": work, "templates": begin.offered(), **_open(work)}
    context["as_files"] = begin.as_files()
    return render(request, "tariffs/wizard/new.html", context)


@require_http_methods(["GET", "POST"])
def new_step(request: HttpRequest, step: str) -> HttpResponse:
    return _step(request, _new(request), step)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Go on with the change of this tariff; a POST begins anew, or settles a conflict."""
    work = _edit(request, code)
    if refused := _obstacle(request, work):
        return refused
    if request.POST.get("act") == MINE:
        conflict.put_on_top(work)
        return redirect(work.address(wizard.CHECK))
    draft = load(work.store)
    if request.method == "POST" or draft.done or not draft.revision:
        if work.store.read():
            work.store.forget()
        _begin_from(request, work)
        return redirect(work.address(work.steps[0].key))
    if "from" in request.GET:
        messages.info(
            request, _("You were changing this tariff already: begin anew to start over.")
        )
    return redirect(work.address(work.progress(draft).open_step or wizard.CHECK))


@require_http_methods(["GET", "POST"])
def edit_step(request: HttpRequest, code: str, step: str) -> HttpResponse:
    work = _edit(request, code)
    is_sent = request.method == "POST" and load(work.store).done
    return (None if is_sent else _obstacle(request, work)) or _step(request, work, step)


def _open(work: TariffWizard) -> dict[str, str]:
    """Return where this person was with a tariff that is not saved yet, and its name."""
    draft = load(work.store)
    if draft.done or not draft.revision:
        return {}
    name = draft.typed.get("basics", {}).get("name", "")
    return {
        "continue_at": work.address(work.progress(draft).open_step or wizard.CHECK),
        "name": str(name),
    }


def _begin(request: HttpRequest, work: TariffWizard) -> HttpResponse:
    """Forget what was answered; begin with a template where one was chosen."""
    work.store.forget()
    if chosen := template(request.POST.get("template", "")):
        with work.store.alone():
            draft = begin.from_template(chosen, work.house)
            draft.revision = 1
            save(work.store, draft)
    return redirect(work.address(work.steps[0].key))


def _begin_from(request: HttpRequest, work: TariffWizard) -> None:
    """Begin with what an old version says, where the address names one."""
    number = request.GET.get("from", "")
    found = work.tariff.versions if work.tariff and number.isdecimal() else None
    old = found.filter(number=int(number)).first() if found else None
    if old is None or work.newest is None:
        return
    try:
        draft = begin.from_old(old, work.newest, work.today)
    except NotExpressible as error:
        words = {"version": old, "part": error.path}
        said = _("%(version)s says more than this form can: %(part)s. Change it as a file.")
        messages.warning(request, said % words)
        return
    draft.revision = 1
    with work.store.alone():
        save(work.store, draft)


def _step(request: HttpRequest, work: TariffWizard, step: str) -> HttpResponse:
    if step != wizard.CHECK:
        return wizard.step(request, work, step)
    before = dict(work.newest.definition) if work.newest else None
    try:
        response = wizard.check(request, work)
    except operations.VersionConflict as error:
        return _conflict(request, work, error)
    if work.saved:
        note_written(request, work.saved, before)
        words = {"version": work.saved, "state": work.saved.get_state_display()}
        messages.success(request, _("%(version)s is saved: %(state)s.") % words)
    return response


def _conflict(
    request: HttpRequest, work: TariffWizard, error: operations.VersionConflict
) -> HttpResponse:
    """Show what somebody else did meanwhile; nothing of either is lost."""
    if work.tariff is None:
        messages.error(request, _("Another tariff has this code by now. Choose another code."))
        return redirect(work.address(work.steps[0].key))
    context = {"wizard": work, **conflict.told(work, error.theirs)}
    return render(request, "tariffs/wizard/conflict.html", context, status=409)


def _new(request: HttpRequest) -> TariffWizard:
    _require_right(request)
    coming = _coming(request)
    asked = "/".join(coming.query.values())
    return _work(request, f"tariffs/new/{asked}".rstrip("/"), None, coming)


def _edit(request: HttpRequest, code: str) -> TariffWizard:
    _require_right(request)
    tariff = access.tariff_for(request.user, code)
    return _work(request, f"tariffs/{tariff.pk}", tariff, Coming())


def _require_right(request: HttpRequest) -> None:
    if not access.may_change(request.user):
        raise Http404


def _work(request: HttpRequest, page: str, tariff: Tariff | None, coming: Coming) -> TariffWizard:
    actor = person(request.user)
    real_now = clock.real_now()
    return TariffWizard(
        PersonalDraft(actor, page, real_now=real_now, largest=LARGEST),
        actor=actor,
        house=utility(),
        now=clock.now(),
        real_now=real_now,
        tariff=tariff,
        coming=coming,
    )


def _coming(request: HttpRequest) -> Coming:
    """Read from which plan somebody comes, and for what; unknown words count as none.

    :raises Http404: for a plan that there is not
    """
    plan = request.GET.get("plan", "")
    if plan and plan != NEW:
        plan = access.plan_for(request.user, plan).code
    service, kind = request.GET.get("service", ""), request.GET.get("type", "")
    return Coming(
        plan,
        service if service in Commodity.values else "",
        kind if kind in RateType.values else "",
    )


def _obstacle(request: HttpRequest, work: TariffWizard) -> HttpResponse | None:
    """Lead back where the newest version waits for review, or says more than the steps ask."""
    newest = work.newest
    if newest is None:
        raise Http404
    if newest.state == VersionState.IN_REVIEW:
        said = _("%s is in review. It can be changed once it is published or sent back.")
        messages.warning(request, said % newest)
        return redirect(work.leave)
    try:
        begin.from_version(newest, work.today)
    except NotExpressible as error:
        context = {"wizard": work, "version": newest, "path": error.path}
        return render(request, "tariffs/wizard/as_a_file.html", context)
    return None
