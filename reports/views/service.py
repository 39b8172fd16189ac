"""Whether a customer's services are on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts import access
from accounts.chosen import choose
from core import clock
from payments.queries import standing
from reports.service import service_points


@require_GET
def service(request: HttpRequest, number: str) -> HttpResponse:
    now = clock.now()
    account = access.account_for(request.user, number, now)
    choose(request, account)
    points = service_points(account, now=now)
    is_off = any(point.is_off for point in points)
    context = {
        "account": account,
        "points": points,
        "is_off": is_off,
        "standing": standing(account) if is_off else None,
    }
    response = render(request, "reports/service.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
