"""The security page, and setting up, replacing and removing the second factor."""

from __future__ import annotations

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import person
from accounts.doors import is_verified, kept_codes, queries, step_up
from accounts.doors.browsers import in_words
from accounts.doors.forms import FirstCodeForm
from accounts.doors.second_factor_required import is_staff
from accounts.doors.step_up import step_up_required
from accounts.doors.taking import is_confirmed
from accounts.doors.ways import next_page, with_next
from accounts.models import AuthenticatorDevice
from accounts.operations import second_factor
from core import clock

PENDING = "pending_authenticator"  # in the session: the uid of the app that is being set up


@require_GET
def security(request: HttpRequest) -> HttpResponse:
    """Show how the person signs in, and where they are signed in."""
    user, now = person(request.user), clock.real_now()
    rows = [
        {
            "session": session,
            "browser": in_words(session.user_agent),
            "is_this": session.session_key == request.session.session_key,
        }
        for session in queries.sessions_of(user, now)
    ]
    context = {
        "device": queries.authenticator_of(user),
        "codes_left": queries.recovery_codes_left(user),
        "must_keep": is_staff(user),
        "sessions": rows,
        "others": sum(not row["is_this"] for row in rows),
    }
    return render(request, "security/security.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@step_up_required
def enrol(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app, or another one in place of the one there is."""
    user = person(request.user)
    onward = next_page(request, resolve_url("security"))
    replaces = queries.authenticator_of(user) is not None
    if replaces and not is_verified(user):
        return redirect(with_next("security_verify", request.get_full_path()))
    uid = request.session.get(PENDING)
    pending = queries.pending_authenticator(user, uid, clock.real_now())
    if request.method == "POST" and (pending is None or "start" in request.POST):
        request.session[PENDING] = str(second_factor.enrol(user).uid)
        return redirect(with_next("security_enrol", onward))
    if pending is None:
        context = {"replaces": replaces, "must": is_staff(user), "next_page": onward}
        return render(request, "security/enrol_start.html", context)
    form = FirstCodeForm(request.POST or None, initial={"next": onward})
    if request.method == "POST" and form.is_valid() and is_confirmed(form, pending):
        return _enrolled(request, pending, onward)
    return _set_up(request, pending, form, onward)


@require_http_methods(["GET", "POST"])
@step_up_required
def remove(request: HttpRequest) -> HttpResponse:
    """Let a customer go back to the password alone."""
    user = person(request.user)
    if is_staff(user) or queries.authenticator_of(user) is None:
        raise Http404
    if request.method == "POST":
        second_factor.remove(user, actor=user)
        messages.success(request, _("The app is removed. Your password alone signs you in now."))
        return redirect("security")
    return render(request, "security/remove.html")


def _set_up(
    request: HttpRequest, device: AuthenticatorDevice, form: FirstCodeForm, onward: str
) -> HttpResponse:
    picture = segno.make(device.setup_address, error="m", micro=False)
    context = {
        "form": form,
        "picture": picture.svg_data_uri(scale=5, border=4, light="white", dark="black"),
        "key": " ".join(device.key[i : i + 4] for i in range(0, len(device.key), 4)),
        "address": device.setup_address,
        "next_page": onward,
    }
    status = 422 if form.errors else 200
    return render(request, "security/enrol.html", context, status=status)


def _enrolled(request: HttpRequest, device: AuthenticatorDevice, onward: str) -> HttpResponse:
    user, now = person(request.user), clock.real_now()
    request.session.pop(PENDING, None)
    step_up.remember_code(request, device)
    messages.success(request, _("Your authenticator app is set up."))
    if queries.recovery_codes_left(user):
        return redirect(onward)
    codes = second_factor.make_recovery_codes(user, real_now=now)
    kept_codes.keep(request.session, user, codes, now)
    return redirect(with_next("security_codes", onward))
