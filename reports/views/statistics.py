"""Figures about everybody, for all staff: no group of fewer than ten customers is shown."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.queries import utility
from accounts.staff import StaffRole, staff_required
from core import clock
from core.csv_export import attachment
from reports import statistics as figures
from reports import statistics_shown as shown
from reports.forms import MonthForm
from reports.suppression import FEWEST


@staff_required(*StaffRole)
@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    """Show use, bills and amounts of one month, the newest final one unless another is chosen."""
    context, status = _asked(request)
    tables = context["tables"]
    context["shown"] = [(each, shown.chart(each, key=f"all-{n}")) for n, each in enumerate(tables)]
    return _private(render(request, "reports/statistics.html", context, status=status))


@staff_required(*StaffRole)
@require_GET
def statistics_sheet(request: HttpRequest) -> HttpResponseBase:
    """Save the month's figures."""
    context, status = _asked(request)
    month = context["month"]
    if status != 200 or month is None:
        return statistics(request)
    return attachment(shown.sheet(context["tables"], month), name=f"statistics-{month:%Y-%m}.csv")


def _asked(request: HttpRequest) -> tuple[dict[str, Any], int]:
    """Return what the month that is asked for shows, and the status of the answer."""
    zone = utility().zone
    months = figures.months(now=clock.now(), zone=zone)
    form = MonthForm(request.GET or None, months=months)
    chosen = form.cleaned_data["month"] if form.is_valid() else ""
    month = chosen or (months[0] if months else "")
    context = {
        "form": form,
        "month": figures.first_day(month) if month else None,
        "asked": month,
        "tables": figures.of_month(month, zone=zone) if month else [],
        "fewest": FEWEST,
    }
    return context, 422 if form.errors else 200


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response
