"""Meters and connections for staff: the list, its files, and one meter."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.access import person
from accounts.operations import audit
from accounts.queries import utility
from core import clock, formats
from core.tables import Listing, counting, sheets
from core.tables.table import respond
from meters import access
from reports.manage_meters.meter import page as meter_page
from reports.manage_meters.rows import rows
from reports.manage_meters.table import table

MOST_COUNTED = 200_000
TEMPLATE, PART = "reports/manage_meters.html", "reports/_manage_meters.html"


@require_GET
def manage_meters(request: HttpRequest) -> HttpResponse:
    """Show the meters that the address asks for, one page of them."""
    found = access.meters_for(request.user)
    now = clock.now()
    asked = table(now).asked(request.GET)
    wanted = asked.narrow(found.select_related("connection"))
    shape = partial(rows, now=now, zone=utility().zone)
    listing = Listing(asked, wanted, shape=shape, files=_files())
    count = counting.upto(wanted, MOST_COUNTED).count
    said = ngettext("%(count)s meter found", "%(count)s meters found", count) % {
        "count": formats.number(count)
    }
    context = {"list": listing, "found": said}
    return respond(request, TEMPLATE, PART, context, said=said)


@require_GET
def manage_meters_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """Save the meters that the address asks for, all pages of them."""
    found = access.meters_for(request.user)
    if form not in ("csv", "xlsx"):
        raise Http404
    now = clock.now()
    asked = table(now).asked(request.GET)
    if not asked.is_valid:
        return redirect(f"{reverse('reports:manage_meters')}?{request.GET.urlencode()}")
    shape = partial(rows, now=now, zone=utility().zone)
    wanted = asked.narrow(found.select_related("connection"))
    try:
        file = sheets.answer(form, asked, wanted, shape=shape, name="meters")
    except sheets.TooManyRows as error:
        return HttpResponse(
            _("More than %(most)s rows match: narrow the list first.")
            % {"most": formats.number(error.most)},
            status=422,
            content_type="text/plain; charset=utf-8",
        )
    viewer = person(request.user)
    terms = request.GET.urlencode()[:200]
    audit("meters.export", viewer, actor=viewer, detail={"terms": terms})
    return file


@require_GET
def manage_meter(request: HttpRequest, serial: str) -> HttpResponse:
    """Show one meter."""
    meter = access.meter_for(request.user, serial)
    found = meter_page(meter, now=clock.now(), zone=utility().zone)
    context = {"page": found, "meter": meter, "may_work": access.may_work(request.user)}
    response = render(request, "reports/manage_meter.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _files() -> str:
    """Return the address of the files without its ending."""
    return reverse("reports:manage_meters").rstrip("/")
