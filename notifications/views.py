"""The inbox, and the demonstration's outbox."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from notifications import access, operations, outbox

PAGE_SIZE = 25


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    notices = access.notices_for(request.user, clock.now())
    page = Paginator(notices, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "notifications/inbox.html", {"page": page})


@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    now = clock.now()
    operations.mark_read([access.notice_for(request.user, pk, now)], now=now)
    messages.success(request, _("Marked as read."))
    return redirect("notifications:inbox")


@login_not_required
@require_GET
def demo_outbox(request: HttpRequest) -> HttpResponse:
    """Show the mails of the demonstration, to anybody: it holds no real person's."""
    if not settings.DEMO or settings.PRODUCTION:
        raise Http404
    return render(request, "notifications/outbox.html", {"mails": outbox.newest()})
