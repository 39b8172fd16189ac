"""A session that is open: more time, masked fields, a message, its end."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.operations import grants
from core import clock
from support import access, drafts
from support.forms.session import EndForm, ExtendForm, MessageForm, RevealForm
from support.operations.message import send_message
from support.operations.reveal import reveal
from support.presentation.revealed import Field
from support.views.pages import page, status_of


@require_http_methods(["GET", "POST"])
def extend(request: HttpRequest) -> HttpResponse:
    grant = access.grant_of(request.user, clock.real_now())
    form = ExtendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            grants.extend(grant, reason=reason, real_now=clock.real_now())
        except grants.NotLive:
            messages.info(request, _("A session is prolonged once only."))
        else:
            messages.success(request, _("You have another half hour."))
        return redirect("support:customer")
    context = {"grant": grant, "form": form}
    return page(request, "support/extend.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
def end(request: HttpRequest) -> HttpResponse:
    grant = access.grant_of(request.user, clock.real_now())
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            grants.end(grant, outcome=said["outcome"], note=said["note"], real_now=clock.real_now())
        except grants.NotLive:
            messages.info(request, _("The help session is over already."))
        else:
            messages.success(request, _("The help session is ended."))
        return redirect("support:search")
    context = {"grant": grant, "form": form}
    return page(request, "support/end.html", context, status=status_of(form))


@require_POST
def show(request: HttpRequest, field: str) -> HttpResponse:
    """Show one masked field for the rest of the session."""
    grant = access.grant_of(request.user, clock.real_now())
    if field not in Field.values:
        raise Http404
    reveal(grant, Field(field))
    form = RevealForm(request.POST)
    number = form.cleaned_data["bill"] if form.is_valid() else ""
    return redirect("support:bill", number) if number else redirect("support:customer")


@require_http_methods(["GET", "POST"])
def message(request: HttpRequest) -> HttpResponse:
    """Write to the customer; they find it in their inbox and by e-mail."""
    grant = access.grant_of(request.user, clock.real_now())
    accounts = {account.number: account for account in access.accounts_of(grant)}
    typed = drafts.kept(grant, request.path)
    form = MessageForm(request.POST or None, numbers=list(accounts), initial=typed)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        send_message(
            grant,
            accounts[said["account"]],
            subject=said["subject"],
            text=said["text"],
            now=clock.now(),
        )
        drafts.used(grant, request.path)
        messages.success(request, _("The message is sent."))
        return redirect("support:customer")
    context = {"grant": grant, "form": form, "is_draft": bool(typed) and request.method == "GET"}
    return page(request, "support/message.html", context, status=status_of(form))
