"""Refuses every request that the table of permissions does not allow, before the view runs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

from accounts.models import User
from accounts.staff import role_names
from billing_site.permissions import table
from billing_site.permissions.table import Row

logger = logging.getLogger(__name__)


class PermissionWall:
    """What is not in the table is refused; the apps' own access rules come after it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.table = table.load()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Return None to let the view run.

        :raises Http404: for a page that is not listed, and where the table answers 404
        :raises PermissionDenied: where the table answers 403
        """
        route = request.resolver_match.route if request.resolver_match else ""
        rows = self.table.of(route)
        if not rows:
            logger.error("permissions.unlisted", extra={"route": route})
            raise Http404
        method = "GET" if request.method == "HEAD" else request.method
        asked = [row for row in rows if method in row.methods]
        if _any_allows(asked, request.user):
            return None
        if not asked and _any_allows(rows, request.user):
            return HttpResponseNotAllowed(sorted(set().union(*(row.methods for row in rows))))
        return _refused(request, (asked or list(rows))[0])


def _any_allows(rows: list[Row] | tuple[Row, ...], user: User | AnonymousUser) -> bool:
    """Tell whether one of the rows lets the person pass; roles are read only when they matter."""
    if not user.is_authenticated:
        return any(row.allows(["anonymous"]) for row in rows)
    if any(row.allows(table.CUSTOMERS) for row in rows):
        return True
    roles = role_names(user).intersection(table.STAFF)
    return any(row.allows(roles) for row in rows)


def _refused(request: HttpRequest, row: Row) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if row.answer == 403:
        raise PermissionDenied
    raise Http404
