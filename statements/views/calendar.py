"""The billing calendar of an account, as a page and as a file for calendar programs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts import access
from accounts.chosen import choose
from accounts.queries import utility
from core import clock
from statements.presentation.calendar import billing_calendar
from statements.presentation.calendar_file import calendar_file
from statements.views.answers import private


@require_GET
def show(request: HttpRequest, number: str) -> HttpResponse:
    account = access.account_for(request.user, number, clock.now())
    choose(request, account)
    house = utility()
    view = billing_calendar(account, house, today=clock.today(house.zone))
    return private(render(request, "statements/calendar.html", {"view": view}))


@require_GET
def file(request: HttpRequest, number: str) -> HttpResponse:
    account = access.account_for(request.user, number, clock.now())
    house = utility()
    view = billing_calendar(account, house, today=clock.today(house.zone))
    content = calendar_file(view, name=house.name, now=clock.now())
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="bills-{account.number}.ics"'
    return private(response)
