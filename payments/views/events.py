"""What the payment provider told us, what became of it, and what nobody could process."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors.step_up import step_up_required
from payments import tasks
from payments.access import events as access
from payments.desk import events as presented
from payments.forms import ReversalForm as ReasonForm
from payments.models import ProviderEvent
from payments.operations import inbox


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    if state not in ProviderEvent.State.values:
        state = ""
    page = access.events(request.user, state=state, before=request.GET.get("before", ""))
    context = {
        "page": page,
        "rows": [presented.row(event) for event in page.rows],
        "state": state,
        "states": ProviderEvent.State.choices,
    }
    return render(request, "payments/events.html", context)


@require_GET
def detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    event = access.event(request.user, uid)
    may_decide = access.may_decide_events(request.user)
    context = {
        "row": presented.row(event),
        "essentials": presented.essentials(event),
        "may_retry": may_decide and event.state in inbox.RETRIABLE,
        "may_dismiss": may_decide and event.state in inbox.DISMISSIBLE,
    }
    return render(request, "payments/event.html", context)


@require_POST
@step_up_required
def retry(request: HttpRequest, uid: UUID) -> HttpResponse:
    event, actor = access.event_to_decide(request.user, uid)
    try:
        inbox.retry(event, actor=actor)
    except inbox.NotOpen:
        messages.info(request, _("This event waits already or is processed."))
    else:
        tasks.ring_inbox()
        messages.success(request, _("The event is tried again in a moment."))
    return redirect("payments:event", uid)


@require_http_methods(["GET", "POST"])
@step_up_required
def dismiss(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask why first."""
    event, actor = access.event_to_decide(request.user, uid)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            inbox.dismiss(event, reason=form.cleaned_data["reason"], actor=actor)
        except inbox.NotOpen:
            messages.info(request, _("This event is no dead letter any more."))
        else:
            messages.success(request, _("The event is dismissed."))
        return redirect("payments:event", uid)
    context = {"form": form, "row": presented.row(event)}
    status = 422 if form.errors else 200
    return render(request, "payments/event_dismiss.html", context, status=status)
