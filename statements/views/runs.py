"""The billing run console: what runs do, and what people decide about them."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person
from accounts.doors.step_up import step_up_required
from accounts.operations.approvals import AlreadyDecided, ChangedSince
from core import clock
from core.pages import render_part
from statements import access
from statements.forms import BillNumberForm, MonthForm, ReasonForm
from statements.models import Statement
from statements.operations import cancel as cancelling
from statements.operations import decide
from statements.operations.plan import BadMonth, plan
from statements.presentation import runs as presented

PAGE_SIZE = 24
Decision = Callable[[str], None]


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    if not access.may_run_billing(request.user):
        raise Http404
    page = Paginator(presented.runs(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "may_decide": access.may_decide_runs(request.user)}
    return render(request, "statements/runs.html", context)


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Ask which month, then plan its run; the workers do the rest."""
    if not access.may_decide_runs(request.user):
        raise Http404
    form = MonthForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        cycle, month = form.cleaned_data["cycle"], form.cleaned_data["month"]
        try:
            run = plan(cycle, month, as_of=clock.now(), started_by=person(request.user).email)
        except BadMonth:
            form.add_error("month", _("This month does not exist or has not ended yet."))
        else:
            messages.success(request, _("The run is planned; the workers take it from here."))
            return redirect("statements:run", run.pk)
    context = {"form": form}
    return render(request, "statements/start.html", context, status=422 if form.errors else 200)


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    run = access.run_for(request.user, pk)
    context = {
        "view": presented.run_view(run),
        "may_decide": access.may_decide_runs(request.user),
        "number_form": BillNumberForm(),
    }
    return render_part(request, "statements/run.html", "statements/_run.html", context)


@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    run = access.run_to_decide(request.user, pk)
    try:
        count = decide.retry_parked(run, actor=person(request.user))
    except decide.NotNow:
        messages.info(
            request, _("Nothing is parked in this run, or another run of its month is at work.")
        )
    else:
        words = ngettext(
            "%(count)s account goes back to work.", "%(count)s accounts go back to work.", count
        )
        messages.success(request, words % {"count": count})
    return redirect("statements:run", pk)


@require_http_methods(["GET", "POST"])
@step_up_required
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask first what is approved, then do it."""
    run = access.run_to_decide(request.user, pk)
    if request.method == "POST":
        try:
            decide.approve_run(run, actor=person(request.user))
        except decide.SecondPersonNeeded:
            messages.error(
                request,
                _("You started this run or released a bill of it: somebody else must approve it."),
            )
        except (decide.NotNow, AlreadyDecided):
            messages.info(request, _("This run does not wait for approval."))
        except ChangedSince:
            messages.info(request, _("Its bills changed just now: look at them again."))
        else:
            messages.success(request, _("The run is approved; its bills are being issued."))
        return redirect("statements:run", pk)
    return render(request, "statements/approve.html", {"view": presented.run_view(run)})


@require_http_methods(["GET", "POST"])
@step_up_required
def release(request: HttpRequest, pk: int, statement_pk: int) -> HttpResponse:
    statement = access.statement_of_run(request.user, pk, pk=statement_pk)
    actor = person(request.user)

    def do(reason: str) -> None:
        decide.release(statement, reason=reason, actor=actor)

    return _with_reason(
        request,
        pk,
        statement,
        do,
        refused=decide.NotNow,
        done=_("The bill is released. It goes out next, or with the approval of its run."),
        not_now=_("This bill is not held any more, or another run of its month is still at work."),
        template="statements/release.html",
    )


@require_GET
def find(request: HttpRequest, pk: int) -> HttpResponse:
    """Go from a bill number to the page that asks whether to cancel it."""
    form = BillNumberForm(request.GET)
    if not form.is_valid():
        return redirect("statements:run", pk)
    statement = access.statement_of_run(request.user, pk, number=form.cleaned_data["number"])
    return redirect("statements:cancel", pk, statement.pk)


@require_http_methods(["GET", "POST"])
@step_up_required
def cancel(request: HttpRequest, pk: int, statement_pk: int) -> HttpResponse:
    statement = access.statement_of_run(request.user, pk, pk=statement_pk)
    actor = person(request.user)

    def do(reason: str) -> None:
        cancelling.cancel(statement, reason=reason, actor=actor, cancelled_at=clock.now())

    return _with_reason(
        request,
        pk,
        statement,
        do,
        refused=cancelling.NotCancellable,
        done=_("Bill %(number)s is cancelled.") % {"number": statement.number},
        not_now=_("This bill is not an issued one any more."),
        template="statements/cancel.html",
    )


def _with_reason(
    request: HttpRequest,
    run_pk: int,
    statement: Statement,
    do: Decision,
    *,
    refused: type[Exception],
    done: str,
    not_now: str,
    template: str,
) -> HttpResponse:
    """Show what will happen and ask why; do it only with a reason."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            do(form.cleaned_data["reason"])
        except refused:
            messages.info(request, not_now)
        else:
            messages.success(request, done)
        return redirect("statements:run", run_pk)
    context = {
        "form": form,
        "statement": statement,
        "back": reverse("statements:run", args=[run_pk]),
    }
    return render(request, template, context, status=422 if form.errors else 200)
