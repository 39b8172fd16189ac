"""The start of staff."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from reports.views import customer_home


def show(request: HttpRequest) -> HttpResponse:
    return customer_home.show(request)
