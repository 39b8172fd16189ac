"""What has become of a payment. The address is only a name: nothing in it is believed."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.queries import utility
from accounts.rights import Right
from core import clock
from payments.access import customer as access
from payments.customer.outcome import WATCHED, outcome
from payments.forms.watch import WatchForm
from payments.models import PaymentAttempt
from payments.operations import attempts
from payments.operations.look import refresh
from payments.operations.withdraw import withdraw
from payments.views.pages import page

CAUSE, WATCHING = "return page", "watching page"
STOP = 286  # htmx takes the answer and asks no more


@require_GET
def result(request: HttpRequest, reference: str) -> HttpResponse:
    """Show where a payment is now, after one look at the provider."""
    now = clock.now()
    attempt = access.attempt(request.user, reference, now=now)
    if attempt.is_live:
        cause = WATCHING if request.headers.get("HX-Request") else CAUSE
        refresh(attempt, now=now, cause=cause)
        attempt = access.attempt(request.user, reference, now=now)
    if request.headers.get("HX-Request"):
        return _fragment(request, attempt)
    context = {
        "outcome": outcome(attempt, today=clock.today(utility().zone)),
        "since": int(clock.real_now().timestamp()),
        "may_pay": access.may_pay(request.user, attempt.account, now=now),
    }
    return page(request, "payments/attempt.html", context)


@require_POST
def cancel(request: HttpRequest, reference: str) -> HttpResponse:
    """Give a payment up at the provider, then here; one that was paid meanwhile stays paid."""
    attempt = access.attempt(request.user, reference, now=clock.now(), right=Right.PAY)
    was_live = attempt.is_live
    if was_live:
        attempt = _withdrawn(request, attempt)
    if was_live and attempt.is_live:
        messages.info(request, _("The payment could not be cancelled now; see below how it is."))
    if attempt.state == PaymentAttempt.State.CANCELLED and "anew" in request.POST:
        messages.success(request, _("The payment is cancelled. Nothing was charged."))
        return redirect(outcome(attempt, today=clock.today(utility().zone)).again)
    return redirect("payments:result", attempt.reference)


def _withdrawn(request: HttpRequest, attempt: PaymentAttempt) -> PaymentAttempt:
    try:
        return withdraw(attempt, now=clock.now(), cause=f"user {request.user.pk}")
    except attempts.Offline:
        return attempt


def _fragment(request: HttpRequest, attempt: PaymentAttempt) -> HttpResponse:
    """Answer a page that asks by itself: nothing new, the new state, or to ask no more."""
    form = WatchForm(request.GET)
    since = form.since_at if form.is_valid() else datetime.fromtimestamp(0, UTC)
    is_over = clock.real_now() - since > WATCHED
    if attempt.state == form.cleaned_data.get("seen") and not is_over:
        return HttpResponse(status=204)
    context = {
        "outcome": outcome(attempt, today=clock.today(utility().zone)),
        "since": int(since.timestamp()),
        "is_over": is_over,
        "may_pay": access.may_pay(request.user, attempt.account, now=clock.now()),
    }
    return page(request, "payments/_attempt.html", context, status=STOP if is_over else 200)
