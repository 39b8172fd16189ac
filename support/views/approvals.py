"""The inbox of approvals: what waits for me, what I asked for, and the page of each."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors.step_up import step_up_to_send
from accounts.models import Approval
from core import clock
from support.approvals import inbox, outcome
from support.approvals.kind import Decision
from support.approvals.kinds import KINDS
from support.forms.approvals import ApproveForm, ReturnForm
from support.views.pages import page, status_of


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    now = clock.real_now()
    context = {"inbox": inbox.inbox(request.user, real_now=now), "now": now}
    return page(request, "support/approvals/index.html", context)


@require_http_methods(["GET", "POST"])
@step_up_to_send
def detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show what is asked for, and take the decision."""
    approval = inbox.approval(request.user, uid)
    what = request.POST.get("decision", "")
    approving = ApproveForm(request.POST if what == outcome.APPROVE else None)
    returning = ReturnForm(request.POST if what == outcome.RETURN else None)
    if request.method == "POST" and what in DECISIONS and _is_right(what, approving, returning):
        said = {outcome.APPROVE: ("note", approving), outcome.RETURN: ("reason", returning)}
        name, form = said.get(what, ("", approving))
        note = form.cleaned_data[name] if name else ""
        return _decided(request, approval, what, note)
    return _show(request, approval, approving, returning)


DECISIONS = (outcome.APPROVE, outcome.RETURN, outcome.WITHDRAW)


def _is_right(what: str, approving: ApproveForm, returning: ReturnForm) -> bool:
    forms = {outcome.APPROVE: approving, outcome.RETURN: returning}
    return what == outcome.WITHDRAW or forms[what].is_valid()


def _decided(request: HttpRequest, approval: Approval, what: str, note: str) -> HttpResponse:
    decision = Decision(
        approval=approval,
        by=inbox.member(request.user),
        note=note,
        now=clock.now(),
        real_now=clock.real_now(),
    )
    result = outcome.decide(decision, what)
    tell = messages.error if result.is_error else messages.success
    tell(request, result.words)
    if result.is_done:
        return redirect("support:approvals")
    return redirect("support:approval", approval.uid)


def _show(
    request: HttpRequest, approval: Approval, approving: ApproveForm, returning: ReturnForm
) -> HttpResponse:
    person, kind = inbox.member(request.user), KINDS[approval.kind]
    is_waiting = approval.state == Approval.State.PENDING
    context = {
        "row": inbox.row(approval, person),
        "approval": approval,
        "told": kind.describe(approval),
        "is_waiting": is_waiting,
        "has_changed": is_waiting and kind.has_changed(approval),
        "may_decide": is_waiting and inbox.may_decide(person, approval),
        "may_withdraw": is_waiting
        and kind.withdraw is not None
        and approval.requested_by_id == person.pk,
        "approving": approving,
        "returning": returning,
        "now": clock.real_now(),
    }
    status = status_of(approving, returning)
    return page(request, "support/approvals/detail.html", context, status=status)
