"""Changing what people may do: every page asks for a fresh sign-in and shows what follows first."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors.step_up import step_up_required
from accounts.forms.people import InvitationForm, ReasonForm, RolesForm
from accounts.models import User
from accounts.operations import approvals, invitations, people, second_factor
from accounts.operations.people import (
    LastAdministrator,
    NotAdministrator,
    NothingToChange,
    OwnRoles,
)
from accounts.people import access, rows
from accounts.views.people import page
from core import clock

REFUSED = (
    LastAdministrator,
    NotAdministrator,
    NothingToChange,
    OwnRoles,
    approvals.AlreadyAsked,
    second_factor.OwnReset,
)


@step_up_required
@require_http_methods(["GET", "POST"])
def roles(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Choose the roles of a person; what gives more waits for a second administrator."""
    actor, person = access.administrator(request.user), access.person(request.user, uid)
    held = people.standing(person)
    form = RolesForm(request.POST or None, held=held.roles)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["roles"]
        if "confirmed" in request.POST:
            return _change(request, actor, person, wanted, form.cleaned_data["reason"])
        context = {
            "person": person,
            "form": form,
            "given": rows.role_words(wanted - held.roles),
            "taken": rows.role_words(held.roles - wanted),
        }
        return page(request, "people/roles_check.html", context)
    context = {"person": person, "form": form}
    return page(request, "people/roles.html", context, status=_status(form))


@step_up_required
@require_http_methods(["GET", "POST"])
def disable(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Let a person sign in no more, at once."""
    actor, person = access.administrator(request.user), access.person(request.user, uid)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            people.disable(person, actor=actor, reason=reason, real_now=clock.real_now())
        except REFUSED as error:
            return _refused(request, person, error)
        messages.success(request, _("The login is disabled, and the person is signed out."))
        return redirect("person", person.uid)
    context = {"person": person, "form": form}
    return page(request, "people/disable.html", context, status=_status(form))


@step_up_required
@require_http_methods(["GET", "POST"])
def enable(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask that a disabled person may sign in again, with the roles that were left to them."""
    actor, person = access.administrator(request.user), access.person(request.user, uid)
    form = ReasonForm(request.POST or None)
    held = people.standing(person)
    if request.method == "POST" and form.is_valid():
        return _ask(request, actor, person, held.roles, form.cleaned_data["reason"])
    context = {"person": person, "form": form, "roles": rows.role_words(held.roles)}
    return page(request, "people/enable.html", context, status=_status(form))


@step_up_required
@require_http_methods(["GET", "POST"])
def reset_second_factor(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Help somebody who lost app and recovery codes."""
    actor, person = access.administrator(request.user), access.person(request.user, uid)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            second_factor.reset(person, actor=actor, reason=form.cleaned_data["reason"])
        except REFUSED as error:
            return _refused(request, person, error)
        messages.success(request, _("The second factor is forgotten; sign-in asks for a new one."))
        return redirect("person", person.uid)
    context = {"person": person, "form": form}
    return page(request, "people/second_factor.html", context, status=_status(form))


@step_up_required
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody by e-mail."""
    actor = access.administrator(request.user)
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _invited(actor, form):
        messages.success(request, _("The invitation is on its way."))
        return redirect("people")
    return page(request, "people/invite.html", {"form": form}, status=_status(form))


@step_up_required
@require_POST
def withdraw_invitation(request: HttpRequest, uid: UUID) -> HttpResponse:
    actor = access.administrator(request.user)
    invitation = access.invitation(actor, uid)
    try:
        invitations.withdraw(invitation, actor=actor, real_now=clock.real_now())
    except invitations.InvitationOver:
        messages.info(request, _("This invitation was accepted or withdrawn already."))
    else:
        messages.success(request, _("The invitation is withdrawn; its link is worthless."))
    return redirect("people")


def _change(
    request: HttpRequest, actor: User, person: User, wanted: frozenset[str], reason: str
) -> HttpResponse:
    """Take at once what is only taken; ask for the rest."""
    held = people.standing(person)
    if not wanted < held.roles:
        return _ask(request, actor, person, wanted, reason)
    gone = held.roles - wanted
    try:
        people.take_roles(person, gone, actor=actor, reason=reason, real_now=clock.real_now())
    except REFUSED as error:
        return _refused(request, person, error)
    messages.success(request, _("The roles are taken away, and the person is signed out."))
    return redirect("person", person.uid)


def _ask(
    request: HttpRequest, actor: User, person: User, wanted: frozenset[str], reason: str
) -> HttpResponse:
    try:
        people.ask_role_change(
            person, wanted, asked_by=actor, reason=reason, real_now=clock.real_now()
        )
    except REFUSED as error:
        return _refused(request, person, error)
    messages.success(request, _("It waits for a second administrator."))
    return redirect("person", person.uid)


def _invited(actor: User, form: InvitationForm) -> bool:
    try:
        people.invite_staff(**form.cleaned_data, invited_by=actor, real_now=clock.real_now())
    except people.WorksHereAlready:
        form.add_error("email", _("This person works here: change their roles instead."))
    except invitations.AlreadyInvited:
        form.add_error("email", _("An invitation waits for this person already."))
    except invitations.TooManyAttempts:
        form.add_error(None, _("You sent many invitations today. Try again tomorrow."))
    else:
        return True
    return False


def _refused(request: HttpRequest, person: User, error: Exception) -> HttpResponse:
    messages.error(request, _why_not(error))
    return redirect("person", person.uid)


def _why_not(error: Exception) -> str:
    match error:
        case LastAdministrator():
            return _("This is the last administrator: make another one first.")
        case OwnRoles() | second_factor.OwnReset():
            return _("Nobody changes their own rights: another administrator must do it.")
        case NothingToChange():
            return _("Somebody did that already.")
        case approvals.AlreadyAsked():
            return _("A change waits already: decide on it first.")
        case _:
            return _("You are no administrator any more.")


def _status(form: Form) -> int:
    return 422 if form.errors else 200
