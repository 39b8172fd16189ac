"""The front door: where each person starts, and what we say to everybody."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts import access
from accounts.rights import Right
from core import clock


@login_not_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the doors to a stranger, and their accounts to a customer."""
    if not request.user.is_authenticated:
        return render(request, "accounts/landing.html")
    now = clock.now()
    accounts = access.accounts_for(request.user, now)
    payable = access.accounts_for(request.user, now, Right.PAY).values_list("pk", flat=True)
    invitable = access.accounts_for(request.user, now, Right.INVITE).values_list("pk", flat=True)
    context = {"accounts": list(accounts), "payable": set(payable), "invitable": set(invitable)}
    return render(request, "accounts/home.html", context)


@login_not_required
@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/accessibility.html")


@login_not_required
@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/privacy.html")
