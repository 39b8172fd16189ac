"""What an employee typed is kept even when they were signed out in the meantime."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.doors.lifetimes import is_over, lifetime_of
from core import clock
from support import access, drafts
from support.middleware import FIELD, OF_SESSION


class DraftsOutliveSignIn:
    """Keeps a form of a help session before its sender is signed out; stands before that."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and _is_late_form(request):
            _keep(request)
        return self.get_response(request)


def _is_late_form(request: HttpRequest) -> bool:
    path, user = request.path, request.user
    if not path.startswith("/help/") or path.startswith(OF_SESSION) or not user.is_authenticated:
        return False
    return is_over(request.session, lifetime_of(user), clock.real_now())


def _keep(request: HttpRequest) -> None:
    """Keep the form if it names a session of its sender: nobody else knows that name."""
    named = request.POST.get(FIELD, "")
    grant = access.last_grant(request.user, uid=named) if named else None
    if grant and drafts.keep(grant, request.path, request.POST.dict(), real_now=clock.real_now()):
        messages.info(request, _("Nothing was changed, and your draft is kept."))
