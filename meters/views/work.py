"""Installing, removing and exchanging a meter, by those who do."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import person
from accounts.drafts import PersonalDraft
from core import clock, wizard
from core.wizard.draft import load
from meters import access
from meters.wizards import DEEDS, Deed


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, serial: str, deed: str) -> HttpResponse:
    """Go on where this employee was; a POST begins anew."""
    work = _work(request, serial, deed)
    return _refused(request, work) or wizard.start(request, work)


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, serial: str, deed: str, step: str) -> HttpResponse:
    work = _work(request, serial, deed)
    if step == wizard.CHECK:
        is_done = request.method == "POST" and load(work.store).done
        return (None if is_done else _refused(request, work)) or wizard.check(request, work)
    return _refused(request, work) or wizard.step(request, work, step)


@require_GET
def done(request: HttpRequest, serial: str, deed: str) -> HttpResponse:
    """Tell what was done, as long as nothing else was begun."""
    work = _work(request, serial, deed)
    result = load(work.store).done
    if result is None:
        return redirect(work.leave)
    context = {"wizard": work, "meter": work.meter, "facts": result["facts"]}
    response = render(request, "meters/done.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _work(request: HttpRequest, serial: str, deed: str) -> Deed:
    if deed not in DEEDS:
        raise Http404
    meter = access.meter_to_change(request.user, serial)
    user = person(request.user)
    draft = PersonalDraft(user, f"meters/{meter.pk}/{deed}", real_now=clock.real_now())
    return DEEDS[deed](draft, meter, actor=user, now=clock.now())


def _refused(request: HttpRequest, work: Deed) -> HttpResponse | None:
    """Lead back to the meter where the deed cannot even begin."""
    if not work.obstacle:
        return None
    messages.warning(request, work.obstacle)
    return redirect(work.leave)
