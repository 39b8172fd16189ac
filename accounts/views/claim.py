"""Claiming an account by the code of a letter."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import operations
from accounts.access import person
from accounts.forms.claim import ClaimForm
from core import clock, formats


@require_http_methods(["GET", "POST"])
def claim(request: HttpRequest) -> HttpResponse:
    form = ClaimForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _claimed(request, form):
        return redirect("home")
    status = 422 if form.errors else 200
    return render(request, "accounts/claim.html", {"form": form}, status=status)


def _claimed(request: HttpRequest, form: ClaimForm) -> bool:
    """Try the claim; on failure say the one thing that is said for all of them."""
    user = person(request.user)
    try:
        account = operations.claim_account(
            user,
            number=form.cleaned_data["number"],
            code=form.cleaned_data["code"],
            now=clock.real_now(),
            ip=get_adapter().get_client_ip(request),
        )
    except operations.ClaimRefused:
        form.add_error(None, _("Account number and code do not match, or the code was used."))
        return False
    except operations.TooManyAttempts as error:
        minutes = max(1, round((error.retry_at - clock.real_now()).total_seconds() / 60))
        form.add_error(
            None,
            _("Too many tries. Wait %(minutes)s minutes and try again.")
            % {"minutes": formats.number(minutes)},
        )
        return False
    messages.success(request, _("Account %s is yours to see now.") % account.number)
    return True
