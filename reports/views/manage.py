"""The administrator's home: every area with its count and its oldest trouble."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core import clock
from reports.manage.areas import areas


@require_GET
def manage(request: HttpRequest) -> HttpResponse:
    now = clock.real_now()
    context = {"areas": areas(request.user, real_now=now), "now": now}
    response = render(request, "reports/manage.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
