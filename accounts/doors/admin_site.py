"""The admin site: for staff with a verified session, and without a sign-in form of its own."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator

from accounts.doors import is_verified
from accounts.doors.second_factor_required import is_staff, way_in
from accounts.doors.ways import next_page, with_next


class AdminSite(admin.AdminSite):
    """Knows no password: people come in by the site's own doors."""

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and is_verified(request.user)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Lead everybody to the door that is theirs.

        :raises Http404: for those who do not work here
        """
        user = request.user
        onward = next_page(request, reverse("admin:index", current_app=self.name))
        if not user.is_authenticated:
            return redirect_to_login(onward)
        if not is_staff(user):
            raise Http404
        if not is_verified(user):
            return redirect(with_next(way_in(user), onward))
        return _elsewhere(onward)


def _elsewhere(page: str) -> HttpResponse:
    """Go on to a page, but not in a circle back to the sign-in."""
    return redirect("admin:index" if page.startswith(reverse("admin:login")) else page)
