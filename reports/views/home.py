"""Where each person starts: strangers, customers and staff have a page of their own."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.staff import role_names
from reports.views import customer_home, staff_home


@login_not_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "accounts/landing.html")
    if role_names(request.user):
        return staff_home.show(request)
    return customer_home.show(request)
