"""What supervisors see of help: who opened how much, what waits for review, what was objected."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import grants as rules
from accounts.operations import grants
from accounts.staff import StaffRole
from core import clock
from support import queries
from support import supervising as access
from support.forms.report import ReviewForm
from support.views.pages import member, page, status_of

LATELY = timedelta(days=30)


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    now = clock.real_now()
    sessions = access.sessions(request.user)
    context = {
        "waiting": queries.waiting_for_review(),
        "overdue_since": now - rules.REVIEW_WITHIN,
        "people": queries.by_employee(now - LATELY),
        "alerts": queries.alerts(now - LATELY),
        "sessions": list(sessions[: queries.MOST]),
    }
    return page(request, "support/report.html", context)


@require_http_methods(["GET", "POST"])
def session(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one session with all that was seen in it, and let another person review it."""
    reviewer, grant = member(request), access.session(request.user, uid)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            grants.review(
                grant,
                reviewer=reviewer,
                verdict=said["verdict"],
                note=said["note"],
                real_now=clock.real_now(),
            )
        except grants.NotYours:
            messages.error(request, _("Another person reviews your session."))
        except grants.AlreadyReviewed:
            messages.info(request, _("Somebody has reviewed this session already."))
        else:
            messages.success(request, _("The review is kept."))
        return redirect("support:session", uid)
    context = {
        "grant": grant,
        "role": StaffRole(grant.role).label,
        "events": queries.told_events(grant),
        "objections": queries.objections_to(grant),
        "form": form,
        "may_review": not grant.reviewed_at and grant.employee != reviewer,
    }
    return page(request, "support/session.html", context, status=status_of(form))
