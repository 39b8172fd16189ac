"""Accepting an invitation. The token leaves the address at once and never comes back."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import invitations
from accounts.models import Invitation, User
from accounts.names import masked_email
from accounts.operations import acceptance
from core import clock

REMEMBERED = "invitation"  # the digest of the token; the token itself is kept nowhere


@login_not_required
@require_GET
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Remember which invitation it is and go on without the token: no log or link repeats it."""
    found = invitations.by_token(token, clock.real_now())
    if found is not None:
        request.session[REMEMBERED] = found.token_hash
    else:
        request.session.pop(REMEMBERED, None)
    return HttpResponseRedirect(reverse("invitation"), status=303)


@login_not_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Show what the invitation gives, and give it."""
    held = invitations.by_digest(request.session.get(REMEMBERED, ""), clock.real_now())
    if held is None:
        return render(request, "accounts/invitation_over.html", status=404)
    user = request.user
    if not isinstance(user, User):
        if request.method == "POST":
            return redirect_to_login(reverse("invitation"))
        return render(request, "accounts/invitation_sign_in.html", {"invitation": held})
    if request.method == "POST":
        return _accept(request, held, user)
    return _shown(request, held, user)


def _shown(request: HttpRequest, held: Invitation, user: User) -> HttpResponse:
    if not acceptance.is_invited(user, held):
        context = {"email": masked_email(held.email)}
        return render(request, "accounts/invitation_other.html", context, status=403)
    return render(request, "accounts/invitation.html", {"invitation": held})


def _accept(request: HttpRequest, held: Invitation, user: User) -> HttpResponse:
    try:
        acceptance.accept(held, user=user, now=clock.now(), real_now=clock.real_now())
    except acceptance.NotInvited:
        return _shown(request, held, user)
    except acceptance.InvitationOver:
        return render(request, "accounts/invitation_over.html", status=409)
    except acceptance.AlreadyHolder:
        messages.info(request, _("You hold this account already and see all of it."))
    else:
        messages.success(request, _("You have accepted the invitation."))
    request.session.pop(REMEMBERED, None)
    return redirect("home")
