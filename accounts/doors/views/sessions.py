"""Ending sessions of one's own."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import person
from accounts.doors import queries, sessions


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign out one session; that of this browser too."""
    user = person(request.user)
    session = queries.session_of(user, pk)
    if session is None:
        raise Http404
    sessions.end_sessions(user, only=session.session_key)
    if session.session_key == request.session.session_key:
        get_adapter().logout(request)
        return redirect("account_login")
    messages.success(request, _("That session is signed out."))
    return redirect("security")


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    sessions.end_sessions(person(request.user), but=request.session.session_key)
    messages.success(request, _("You are signed out everywhere but here."))
    return redirect("security")
