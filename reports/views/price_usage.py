"""How the pages of plans and tariffs are used, and where those pages tell it."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts import page_events
from accounts.page_events import Event, note
from accounts.queries import utility
from accounts.staff import StaffRole, staff_required
from core import clock
from reports.price_usage import used
from tariffs.access import READING

SEEING = (StaffRole.BILLING_MANAGER, StaffRole.ADMINISTRATOR, StaffRole.AUDITOR)
SPANS = (30, 90, 180)
LONGEST = 4 * 3600  # seconds; a page that is open for longer was forgotten


class SpanForm(forms.Form):
    """How far back one looks."""

    days = forms.TypedChoiceField(
        label=gettext_lazy("How far back"),
        choices=lambda: [(n, ngettext("%(n)s day", "%(n)s days", n) % {"n": n}) for n in SPANS],
        coerce=int,
    )


class LeftForm(forms.Form):
    """What a page says when it is left."""

    path = forms.CharField(max_length=200)
    seconds = forms.IntegerField(min_value=0)
    opened = forms.CharField(required=False, max_length=1000)


@staff_required(*SEEING)
@require_GET
def price_usage(request: HttpRequest) -> HttpResponse:
    """Show what was used how often, by whom as a role, and for how long."""
    form = SpanForm(request.GET or None, initial={"days": SPANS[0]})
    days = form.cleaned_data["days"] if form.is_valid() else SPANS[0]
    usage = used(since=clock.real_now() - timedelta(days=days), zone=utility().zone)
    context = {"form": form, "usage": usage, "days": days}
    status = 422 if form.errors else 200
    response = render(request, "reports/price_usage.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@staff_required(*READING)
@require_POST
def price_usage_seen(request: HttpRequest) -> HttpResponse:
    """Take what a page says when it is left; whatever else is sent is dropped."""
    form = LeftForm(request.POST)
    match = _page(form.cleaned_data["path"]) if form.is_valid() else None
    if match:
        _note_left(request, match, form)
    return HttpResponse(status=204)


def _page(path: str) -> ResolverMatch | None:
    try:
        match = resolve(path)
    except Resolver404:
        return None
    return match if match.route.startswith(page_events.PLACES) else None


def _note_left(request: HttpRequest, match: ResolverMatch, form: LeftForm) -> None:
    """Note the time, and what only the browser knows: a print, and opened benefits."""
    seconds = min(form.cleaned_data["seconds"], LONGEST)
    item = match.kwargs.get("code", "")
    opened = [each[:40] for each in form.cleaned_data["opened"].split(",") if each]
    sections = [each for each in opened if each != "print"]
    note(
        request,
        Event.PAGE_LEFT,
        page=match.view_name,
        item=item,
        seconds=seconds,
        sections=sections,
    )
    if "print" in opened:
        note(request, Event.SHARED, item=item, format="print", destination="paper")
    if any("benefit" in section for section in sections):
        note(request, Event.BENEFITS_OPENED, item=item, seconds=seconds)
