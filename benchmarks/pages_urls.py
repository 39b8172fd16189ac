"""The product's addresses, and under one of them the least that a signed-in page can be."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from billing_site import urls

TRIVIAL = "own/"  # the table of permissions has a row for it


def trivial(request: HttpRequest) -> HttpResponse:
    return HttpResponse("A page.")


urlpatterns = [path(TRIVIAL, trivial), *urls.urlpatterns]
