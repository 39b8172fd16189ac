"""The audit trail for staff; that somebody read it stands in it too."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import person
from accounts.doors.step_up import step_up_required
from accounts.operations import audit as write_event
from accounts.operations.audit import audit_search
from accounts.queries import utility
from accounts.staff import StaffRole, staff_required
from core.csv_export import attachment
from payments.desk.paging import key_page
from payments.views.pages import asked
from reports import audit_search as trail
from reports.forms import AuditForm


@staff_required(*StaffRole)
@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """Show what was done and seen, newest first: of everybody, or of oneself."""
    viewer, found = person(request.user), trail.events(request.user)
    form = AuditForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    chosen = trail.narrowed(found, wanted, zone=utility().zone) if form.is_valid() else found.none()
    page = key_page(chosen, before=wanted.get("before"))
    context = {
        "form": form,
        "rows": trail.rows(page.rows, viewer=viewer),
        "page": page,
        "asked": asked(request),
        "sees_all": trail.sees_all(viewer),
        "may_save": trail.sees_in_clear(viewer),
        "is_narrowed": bool(trail.asked_for(wanted)),
    }
    audit_search("audit.search", actor=viewer, terms=trail.asked_for(wanted), found=len(page.rows))
    status = 422 if form.errors else 200
    response = render(request, "reports/audit.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@staff_required(StaffRole.AUDITOR)
@step_up_required
@require_GET
def audit_sheet(request: HttpRequest) -> HttpResponseBase:
    """Save what was asked for, all pages of it."""
    viewer, form = person(request.user), AuditForm(request.GET)
    if not form.is_valid():
        return audit(request)
    found = trail.narrowed(trail.events(viewer), form.cleaned_data, zone=utility().zone)
    detail = {"terms": trail.asked_for(form.cleaned_data), "found": found.count()}
    write_event("audit.export", viewer, actor=viewer, detail=detail)
    return attachment(trail.sheet(found, viewer=viewer), name="audit.csv")
