"""The second factor: while signing in, and for a session that came in without it."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.account.stages import LoginStageController
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.access import person
from accounts.doors import is_verified, queries, step_up
from accounts.doors.forms import CodeForm
from accounts.doors.stage import SecondFactorStage
from accounts.doors.taking import device_by_code
from accounts.doors.ways import next_page, with_next


@never_cache
@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def otp_login(request: HttpRequest) -> HttpResponse:
    """Ask for the code between the password and the session."""
    if request.user.is_authenticated:
        return redirect("home")
    stage = LoginStageController.enter(request, SecondFactorStage.key)
    if stage is None:
        return redirect("account_login")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        device = device_by_code(form, stage.login.user)
        if device is not None:
            request._otp_device = device  # type: ignore[attr-defined]  # the adapter reads it
            record_authentication(request, stage.login.user, method=step_up.CODE)
            signed_in: HttpResponse = stage.exit()
            return signed_in
    return _asked(request, "security/sign_in.html", form)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for the code in a session that is signed in already."""
    user = person(request.user)
    onward = next_page(request, resolve_url("home"))
    if is_verified(user):
        return redirect(onward)
    if queries.authenticator_of(user) is None:
        return redirect(with_next("security_enrol", onward))
    form = CodeForm(request.POST or None, initial={"next": onward})
    if request.method == "POST" and form.is_valid():
        device = device_by_code(form, user)
        if device is not None:
            step_up.remember_code(request, device)
            return redirect(onward)
    return _asked(request, "security/verify.html", form)


def _asked(request: HttpRequest, template: str, form: CodeForm) -> HttpResponse:
    return render(request, template, {"form": form}, status=422 if form.errors else 200)
