"""Figures about everybody, for all staff: no group of fewer than ten customers is shown."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.queries import utility
from accounts.staff import StaffRole, staff_required
from core import clock
from reports import statistics as figures
from reports.forms import MonthForm
from reports.suppression import FEWEST


@staff_required(*StaffRole)
@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    """Show use, bills and amounts of one month, the newest final one unless another is chosen."""
    zone = utility().zone
    months = figures.months(now=clock.now(), zone=zone)
    form = MonthForm(request.GET or None, months=months)
    chosen = form.cleaned_data["month"] if form.is_valid() else ""
    month = chosen or (months[0] if months else "")
    context = {
        "form": form,
        "month": figures.first_day(month) if month else None,
        "tables": figures.of_month(month, zone=zone) if month else [],
        "fewest": FEWEST,
    }
    status = 422 if form.errors else 200
    response = render(request, "reports/statistics.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
