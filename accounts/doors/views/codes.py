"""Recovery codes: shown once after they were made, as a page and as a file."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import person
from accounts.doors import is_verified, kept_codes
from accounts.doors.step_up import step_up_required
from accounts.doors.ways import next_page
from accounts.operations import second_factor
from core import clock


@never_cache
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Show the codes that were made in this session, until they are kept."""
    codes = kept_codes.shown(request.session, person(request.user), clock.real_now())
    onward = next_page(request, resolve_url("security"))
    if not codes:
        return redirect(onward)
    return render(request, "security/codes.html", {"codes": codes, "next_page": onward})


@require_POST
@step_up_required
def make(request: HttpRequest) -> HttpResponse:
    """Make a new set in place of the old one."""
    user, now = person(request.user), clock.real_now()
    if not is_verified(user):
        raise Http404
    codes = second_factor.make_recovery_codes(user, real_now=now)
    kept_codes.keep(request.session, user, codes, now)
    return redirect("security_codes")


@require_POST
def download(request: HttpRequest) -> HttpResponse:
    """Hand out the codes as a text file."""
    codes = kept_codes.shown(request.session, person(request.user), clock.real_now())
    if not codes:
        raise Http404
    head = _("Recovery codes for signing in. Each works once.")
    answer = HttpResponse(
        "\n".join([head, "", *codes, ""]), content_type="text/plain; charset=utf-8"
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return answer


@require_POST
def kept(request: HttpRequest) -> HttpResponse:
    """Forget the text of the codes: the person has them."""
    kept_codes.forget(request.session)
    messages.success(request, _("Keep the recovery codes where you find them without your phone."))
    return redirect(next_page(request, resolve_url("security")))
