"""What happens to a request of help whose session is over: nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import AssistanceGrant
from core import clock
from support import access, drafts

FIELD = "help_session"  # every form names the session in which it was shown
BOUND = (
    "help/bills/",
    "help/edit/",
    "help/message/",
    "help/session/",
    "help/show/",
)  # forms that must name it
OF_SESSION = "/help/session/"  # forms about the session itself are over with it
LATELY = timedelta(hours=2)
SEE_OTHER = 303


class HelpRoom:
    """Keeps the forms of one session out of another, and drafts when the time is over."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Stop a form that was shown in another session: it would change somebody else's data."""
        if request.method != "POST" or not _must_name_session(request):
            return None
        now = clock.real_now()
        try:
            grant = access.grant_of(request.user, now)
        except access.NoGrant:
            return _led_back(request, now)
        return None if str(grant.uid) == request.POST.get(FIELD) else _led_back(request, now)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, access.NoGrant):
            return _led_back(request, clock.real_now())
        return None


def _must_name_session(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.route.startswith(BOUND)


def _led_back(request: HttpRequest, now: datetime) -> HttpResponse:
    """Lead to the start of a new session, and keep what was typed."""
    last = access.last_grant(request.user, uid=request.POST.get(FIELD, ""))
    if last is None or (request.method != "POST" and last.expires_at < now - LATELY):
        messages.info(request, _("Open a help session first: find the customer."))
        return _to(reverse("support:search"))
    _tell(request, last, now)
    start = reverse("support:start", args=[last.customer.uid])
    if not request.path.startswith("/help/") or request.path.startswith(OF_SESSION):
        return _to(start)
    return _to(f"{start}?{urlencode({'next': request.path})}")


def _tell(request: HttpRequest, last: AssistanceGrant, now: datetime) -> None:
    is_form = FIELD in request.POST and not request.path.startswith(OF_SESSION)
    is_kept = is_form and drafts.keep(last, request.path, request.POST.dict(), real_now=now)
    told = _("The help session is over. Nothing was changed.")
    if is_kept:
        told = _(
            "The help session is over. Nothing was changed, and your draft is kept: start a new "
            "session with the same customer and go on."
        )
    messages.warning(request, told)


def _to(url: str) -> HttpResponse:
    return HttpResponseRedirect(url, status=SEE_OTHER)
