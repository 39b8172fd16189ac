"""Readings for staff: of a meter or a place, on a day or in a period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.operations import audit
from accounts.operations.audit import audit_search
from accounts.queries import utility
from accounts.staff import StaffRole, has_role
from core import clock, csv_export
from core.tables.sheets import workbook
from meters import access
from reports.manage_meters.rows import open_exceptions
from reports.manage_readings import sheet
from reports.manage_readings.asking import Asked, AskForm, asked
from reports.manage_readings.day import read_day
from reports.manage_readings.period import MOST_READS, read_period, reads_of

SEES_BILLS = (
    StaffRole.BILLING_SPECIALIST,
    StaffRole.BILLING_MANAGER,
    StaffRole.ADMINISTRATOR,
    StaffRole.AUDITOR,
)
ONE_DAY = timedelta(days=1)


@require_GET
def manage_readings(request: HttpRequest) -> HttpResponse:
    """Show the readings that the address asks for."""
    viewer = _viewer(request)
    form = AskForm(request.GET if request.GET.get("meter") else None)
    context: dict[str, object] = {
        "form": form,
        "sees_bills": has_role(viewer, *SEES_BILLS),
        "query": request.GET.urlencode(),
    }
    if form.is_bound and form.is_valid():
        wanted = asked(form, now=clock.now(), zone=utility().zone)
        context |= {"asked": wanted, **_found(wanted)}
        audit_search("readings.search", actor=viewer, terms=_terms(wanted), found=1)
    status = 422 if form.errors else 200
    response = render(request, "reports/manage_readings.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
def manage_readings_file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Save what the page shows: the intervals of a day, or the totals of a period."""
    viewer, form = _viewer(request), AskForm(request.GET)
    if kind not in ("csv", "xlsx"):
        raise Http404
    if not form.is_valid():
        return redirect(f"{reverse('reports:manage_readings')}?{request.GET.urlencode()}")
    wanted = asked(form, now=clock.now(), zone=utility().zone)
    audit("readings.export", viewer, actor=viewer, detail={"terms": _terms(wanted)})
    return _file(wanted, kind, with_bills=has_role(viewer, *SEES_BILLS))


def _file(wanted: Asked, kind: str, *, with_bills: bool) -> HttpResponseBase:
    parts = wanted.parts()
    widths: Sequence[int]
    if wanted.day:
        day = read_day(parts, wanted.day, wanted.period)
        rows, widths = sheet.of_day(day, with_bills=with_bills), sheet.DAY_WIDTHS
        name = f"readings-{wanted.name}-{wanted.day}"
    else:
        page = read_period(wanted, parts)
        rows, widths = sheet.of_period(page, with_bills=with_bills), sheet.PERIOD_WIDTHS
        name = f"readings-{wanted.name}-{wanted.since}-{wanted.until}"
    if kind == "csv":
        return csv_export.attachment(rows, name=f"{name}.csv")
    return workbook(rows, title="readings", widths=widths, name=f"{name}.xlsx")


def _found(wanted: Asked) -> dict[str, object]:
    parts = wanted.parts()
    if wanted.day:
        return {
            "day": read_day(parts, wanted.day, wanted.period),
            "reads": reads_of(parts, wanted.period)[:MOST_READS],
            "before": wanted.day - ONE_DAY,
            "after": wanted.day + ONE_DAY,
            "waiting": _waiting(wanted),
        }
    return {"period": read_period(wanted, parts), "waiting": _waiting(wanted)}


def _waiting(wanted: Asked) -> int:
    meter = wanted.meter
    return open_exceptions([meter.pk]).get(meter.pk, 0) if meter else 0


def _terms(wanted: Asked) -> str:
    when = f"day {wanted.day}" if wanted.day else f"{wanted.since} to {wanted.until}"
    return f"meter {wanted.name}, {when}"


def _viewer(request: HttpRequest) -> User:
    """Return the employee who asks.

    :raises Http404: for those who see no readings
    """
    if not isinstance(request.user, User) or not access.may_read(request.user):
        raise Http404
    return request.user
