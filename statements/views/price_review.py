"""One version of a tariff or plan: what it says, what it changes, and what is done with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import person
from accounts.doors.step_up import step_up_to_send
from accounts.models import User
from accounts.page_events import Event, note
from accounts.queries import utility
from core import clock
from core.periods import local_date
from statements.forms import NoteForm, ReasonForm
from statements.pricing.detail import deciding, reviewing
from statements.pricing.detail.head import Head, Item, head, numbered
from statements.pricing.detail.links import again
from statements.pricing.detail.version_rows import compare_of, page_of
from tariffs import access, operations


@require_http_methods(["GET", "POST"])
@step_up_to_send
def tariff_version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show a version of a tariff, and take what is decided about it."""
    return _version(request, "tariff", access.tariff_for(request.user, code), number)


@require_http_methods(["GET", "POST"])
@step_up_to_send
def plan_version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show a version of a plan, and take what is decided about it."""
    return _version(request, "plan", access.plan_for(request.user, code), number)


def _version(request: HttpRequest, kind: str, item: Item, number: int) -> HttpResponse:
    user = person(request.user)
    today = local_date(clock.now(), utility().zone)
    found = head(item, today)
    version = numbered(found.versions, number)
    if version is None:
        raise Http404
    if request.method != "POST":
        note(request, Event.HISTORY_VIEWED, item=item.code, version=number, kind=kind)
        return _page(request, kind, found, version)
    if not access.may_change(user):
        raise Http404
    return _decided(request, kind, found, version, user)


def _decided(
    request: HttpRequest, kind: str, found: Head, version: Any, user: User
) -> HttpResponse:
    deed = request.POST.get("deed", "")
    if deed not in deciding.DEEDS:
        messages.error(request, _("Choose what to do with it."))
        return redirect(request.path)
    needs_reason = deed in deciding.WITH_REASON
    form = ReasonForm(request.POST) if needs_reason else NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, kind, found, version, (deed, form))
    why = form.cleaned_data["reason" if needs_reason else "note"]
    now, before = clock.now(), version.state
    told = deciding.Deciding(version, user, why, now, local_date(now, utility().zone))
    try:
        messages.success(request, deciding.decide(deed, told))
        note(request, Event.STATUS_CHANGED, kind=kind, before=before, after=deed, reason=why)
    except deciding.Refused as refused:
        messages.error(request, str(refused))
    return redirect(request.path)


def _page(
    request: HttpRequest,
    kind: str,
    found: Head,
    version: Any,
    wrong: tuple[str, Any] | None = None,
) -> HttpResponse:
    user = person(request.user)
    now, zone = clock.now(), utility().zone
    today = local_date(now, zone)
    may_change = access.may_change(user)
    deeds = deciding.possible(version, user, today) if may_change else []
    review = reviewing.review(version, zone=zone, today=today, now=now)
    if review.stops:
        deeds = [deed for deed in deeds if deed not in deciding.INTO_FORCE]
    wrong_deed, wrong_form = wrong or ("", None)
    context = {
        "review": review,
        "version": version,
        "item": found.item,
        "kind": kind,
        "page": page_of(kind, found.item),
        "zone": zone,
        "deeds": [(deed, wrong_form if deed == wrong_deed else _form(deed)) for deed in deeds],
        "error_form": wrong_form,
        "compare": compare_of(kind, found.item),
        "again": again(kind, found, version) if may_change else "",
        "may_change": may_change,
        "is_author": operations.has_written(version, user),
    }
    status = 422 if wrong else 200
    return render(request, "statements/prices/version.html", context, status=status)


def _form(deed: str) -> NoteForm | ReasonForm:
    name = "reason" if deed in deciding.WITH_REASON else "note"
    made = ReasonForm(auto_id=f"{deed}_%s") if name == "reason" else NoteForm(auto_id=f"{deed}_%s")
    return made
