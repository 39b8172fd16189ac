"""What could be better in the price book: looked at, put away with a reason, and taken back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.queries import utility
from core import clock
from core.pages import render_part
from core.periods import local_date
from statements import access
from statements.forms import ReasonForm
from statements.presentation import suggestions as presented
from statements.pricing.suggestions import Found, Suggestion, dismiss, restore, suggestions
from statements.pricing.suggestions.checking import ask, last_check, savings_of, waiting_check
from tariffs import access as prices

HERE = "statements:suggestions"


@require_http_methods(["GET", "POST"])
def suggestion_list(request: HttpRequest) -> HttpResponse:
    """Show what the rules find; whoever writes prices puts it away or has plans compared."""
    if not prices.may_read(request.user):
        raise Http404
    if "code" in request.GET:
        return _put_away(request)
    if request.method == "POST":
        return _acted(request)
    return _listed(request)


def _listed(request: HttpRequest) -> HttpResponse:
    now, check = clock.now(), last_check()
    found = suggestions(local_date(now, utility().zone), savings_of(check))
    context = {
        "now": now,
        "check": check,
        "waiting": waiting_check(),
        "rules": presented.rules(found),
        "lacking": presented.lacking(found),
        "dismissed": presented.dismissed(found),
        "may_act": prices.may_change(request.user),
        "with_numbers": access.may_run_billing(request.user),
    }
    page, part = "statements/suggestions/list.html", "statements/suggestions/_list.html"
    return render_part(request, page, part, context)


def _put_away(request: HttpRequest) -> HttpResponse:
    """Ask why one suggestion shall not be shown again, then do it."""
    person = _writer(request)
    each = _named(request, _today())
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        dismiss(each.code.value, each.object_key, reason=reason, actor=person, at=clock.now())
        messages.success(request, _("It is put away, and stands below with your reason."))
        return redirect(HERE)
    context = {"form": form, "item": presented.item(each, {})}
    status = 422 if form.errors else 200
    return render(request, "statements/suggestions/put_away.html", context, status=status)


def _acted(request: HttpRequest) -> HttpResponse:
    person, deed = _writer(request), request.POST.get("deed", "")
    if deed == "compare":
        ask(asked_by=person, at=clock.now())
        messages.success(request, _("Plans are being compared; you may leave the page."))
    elif deed.isascii() and deed.isdigit():
        restore(access.dismissal_for(person, int(deed)), actor=person)
        messages.success(request, _("It is among the suggestions again."))
    return redirect(HERE)


def _today() -> Found:
    return suggestions(local_date(clock.now(), utility().zone), savings_of(last_check()))


def _named(request: HttpRequest, found: Found) -> Suggestion:
    """Return the suggestion that an address names.

    :raises Http404: if it is none of today's, or put away already
    """
    code, key = request.GET.get("code", ""), request.GET.get("key", "")
    for each in found.suggestions:
        if (each.code.value, each.object_key) == (code, key):
            return each
    raise Http404


def _writer(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User) or not prices.may_change(user):
        raise Http404
    return user
