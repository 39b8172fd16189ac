"""The start page of the payments desk: what waits for a person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from accounts.staff import has_role
from core import clock
from payments.access import events, staff
from payments.desk import counts
from payments.views.pages import page


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    staff.member_of_staff(request.user)
    context = {
        "waiting": counts.waiting(
            now=clock.real_now(), with_events=has_role(request.user, *events.SEEING)
        ),
        "may_take_payments": staff.may_work_at_desk(request.user),
    }
    return page(request, "payments/staff_desk.html", context)
