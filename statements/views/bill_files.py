"""A bill for programs: its lines as CSV, all of it as JSON."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from core import clock, csv_export
from statements import access
from statements.presentation.bill_files import bill_json, line_sheet
from statements.presentation.load import load
from statements.views.answers import file_name, private


@require_GET
def lines(request: HttpRequest, number: str) -> HttpResponseBase:
    now, real_now = clock.now(), clock.real_now()
    statement = access.statement_to_read(request.user, number, now=now, real_now=real_now)
    loaded = load(statement, now=real_now)
    name = file_name(statement, loaded.utility.name, "csv")
    return csv_export.attachment(line_sheet(loaded), name=name)


@require_GET
def as_json(request: HttpRequest, number: str) -> HttpResponse:
    now, real_now = clock.now(), clock.real_now()
    statement = access.statement_to_read(request.user, number, now=now, real_now=real_now)
    loaded = load(statement, now=real_now)
    response = JsonResponse(bill_json(loaded), json_dumps_params={"indent": 2})
    name = file_name(statement, loaded.utility.name, "json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return private(response)
