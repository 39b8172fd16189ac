"""The inbox, and the demonstration's outbox."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.pages import render_part
from notifications import access, operations, outbox
from notifications.presentation import entries

PAGE_SIZE = 25


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """List what the person was told, all of it or what is unread."""
    now = clock.now()
    unread = access.unread_for(request.user, now)
    only_unread = request.GET.get("show") == "unread"
    notices = unread if only_unread else access.notices_for(request.user, now)
    page = Paginator(notices, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "entries": entries(page.object_list),
        "unread": unread.count(),
        "only_unread": only_unread,
    }
    return render_part(request, "notifications/inbox.html", "notifications/_inbox.html", context)


@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    now = clock.now()
    operations.mark_read([access.notice_for(request.user, pk, now)], now=now)
    messages.success(request, _("Marked as read."))
    return _back(request)


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    count = operations.mark_read(access.unread_for(request.user, now), now=now)
    said = ngettext("%(n)s message marked as read.", "%(n)s messages marked as read.", count)
    messages.success(request, said % {"n": count})
    return redirect("notifications:inbox")


@login_not_required
@require_GET
def demo_outbox(request: HttpRequest) -> HttpResponse:
    """Show the mails of the demonstration, to anybody: it holds no real person's."""
    if not settings.DEMO or settings.PRODUCTION:
        raise Http404
    return render(request, "notifications/outbox.html", {"mails": outbox.newest()})


def _back(request: HttpRequest) -> HttpResponse:
    if request.POST.get("show") == "unread":
        return redirect(reverse("notifications:inbox", query={"show": "unread"}))
    return redirect("notifications:inbox")
