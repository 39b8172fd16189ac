"""Pages made of several apps; they only read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts import access
from accounts.staff import StaffRole, staff_required
from core import clock
from reports import system_health
from reports.account_history import history_page
from reports.forms import PageForm


@require_GET
def account_history(request: HttpRequest, number: str) -> HttpResponse:
    account = access.account_for(request.user, number, clock.now())
    form = PageForm(request.GET)
    before = form.cleaned_data["before"] if form.is_valid() else None
    page = history_page(account, before=before)
    response = render(request, "reports/account_history.html", {"page": page})
    response["Cache-Control"] = "private, no-store"
    return response


@staff_required(*StaffRole)
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    found = system_health.read(now=clock.real_now())
    return render(request, "reports/health.html", {"health": found})
