"""The customer's start."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts import access
from accounts.rights import Right
from core import clock


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    accounts = access.accounts_for(request.user, now)
    payable = access.accounts_for(request.user, now, Right.PAY).values_list("pk", flat=True)
    invitable = access.accounts_for(request.user, now, Right.INVITE).values_list("pk", flat=True)
    context = {"accounts": list(accounts), "payable": set(payable), "invitable": set(invitable)}
    return render(request, "accounts/home.html", context)
