"""The holder's page of who else sees an account; invitations, ends, and leaving by oneself."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import access, invitations
from accounts.models import AccountRole, CustomerAccount
from accounts.operations import delegates as roles
from accounts.operations import invitations as inviting
from accounts.operations.roles import NoSuchRole
from accounts.queries import utility
from accounts.rights import DELEGATE_SCOPES, Right
from core import clock, formats
from support.forms.delegates import InviteForm, LastDayForm
from support.operations import delegates


@require_http_methods(["GET", "POST"])
def people(request: HttpRequest, number: str) -> HttpResponse:
    """Show who sees the account and who is invited; invite somebody."""
    account = access.account_for(request.user, number, clock.now(), Right.INVITE)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _invited(request, account, form):
        return redirect("support:people", account.number)
    status = 422 if form.errors else 200
    return render(request, "support/people.html", _people(account, form), status=status)


@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Show one delegate, and change their last day."""
    role = _role(request, number, pk)
    initial = {"last_day": delegates.last_day_of(role)}
    form = LastDayForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _changed(request, role, form):
        return redirect("support:people", number)
    status = 422 if form.errors else 200
    context = {"form": form, "role": role, "is_delegate": role.role in DELEGATE_SCOPES}
    return render(request, "support/person.html", context, status=status)


@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Ask once more, then end a person's role at once."""
    role = _role(request, number, pk)
    if request.method == "GET":
        return render(request, "support/person_remove.html", {"role": role})
    name, is_self = role.user.get_full_name(), role.user == request.user
    try:
        delegates.remove(
            role,
            actor=access.person(request.user),
            now=clock.now(),
            real_now=clock.real_now(),
        )
    except roles.LastHolder:
        messages.error(request, _("Somebody must hold the account: the last holder stays."))
    except roles.NotRemovable:
        messages.error(request, _("We gave this access ourselves: please talk to us."))
    except NoSuchRole:
        messages.info(request, _("This access has ended already."))
    else:
        said = _("%(name)s sees this account no more.") % {"name": name}
        messages.success(request, said)
        if is_self:
            return redirect("home")
    return redirect("support:people", number)


@require_POST
def send_again(request: HttpRequest, number: str, uid: UUID) -> HttpResponse:
    account = access.account_for(request.user, number, clock.now(), Right.INVITE)
    invitation = access.invitation_of(account, uid)
    try:
        inviting.send_again(
            invitation, actor=access.person(request.user), real_now=clock.real_now()
        )
    except inviting.InvitationOver:
        messages.info(request, _("This invitation was accepted or taken back already."))
    except inviting.TooManyAttempts as error:
        messages.error(request, _too_many(error))
    else:
        messages.success(request, _("We sent a new link. The old one works no more."))
    return redirect("support:people", account.number)


@require_POST
def withdraw(request: HttpRequest, number: str, uid: UUID) -> HttpResponse:
    account = access.account_for(request.user, number, clock.now(), Right.INVITE)
    invitation = access.invitation_of(account, uid)
    try:
        inviting.withdraw(invitation, actor=access.person(request.user), real_now=clock.real_now())
    except inviting.InvitationOver:
        messages.info(request, _("This invitation was accepted or taken back already."))
    else:
        messages.success(request, _("The invitation is taken back. Its link works no more."))
    return redirect("support:people", account.number)


@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, number: str) -> HttpResponse:
    """Give one's own access to an account back."""
    now = clock.now()
    account = access.account_for(request.user, number, now)
    if request.method == "GET":
        return render(request, "support/leave.html", {"account": account})
    try:
        delegates.leave(access.person(request.user), account, now=now)
    except roles.LastHolder:
        messages.error(request, _("Somebody must hold the account: the last holder stays."))
    except NoSuchRole:
        messages.error(request, _("We gave this access ourselves: please talk to us."))
    else:
        messages.success(request, _("You see account %s no more.") % account.number)
    return redirect("home")


def _people(account: CustomerAccount, form: InviteForm) -> dict[str, object]:
    return {
        "account": account,
        "form": form,
        "roles": list(access.people_of(account, clock.now())),
        "removable": roles.REMOVABLE,
        "waiting": list(invitations.waiting(account)),
        "now": clock.real_now(),
    }


def _role(request: HttpRequest, number: str, pk: int) -> AccountRole:
    now = clock.now()
    account = access.account_for(request.user, number, now, Right.INVITE)
    return access.person_of(account, pk, now)


def _invited(request: HttpRequest, account: CustomerAccount, form: InviteForm) -> bool:
    """Invite the person; False when the form must be looked at again."""
    try:
        delegates.invite(
            account,
            **form.cleaned_data,
            invited_by=access.person(request.user),
            now=clock.now(),
            real_now=clock.real_now(),
        )
    except roles.BadEnd:
        form.add_error("last_day", _("This day is over. Choose today or later."))
    except inviting.AlreadyInvited:
        form.add_error("email", _("This person is invited already: send the link again below."))
    except inviting.TooManyAttempts as error:
        form.add_error(None, _too_many(error))
    else:
        messages.success(
            request, _("The invitation is on its way to %s.") % form.cleaned_data["email"]
        )
    return not form.errors


def _changed(request: HttpRequest, role: AccountRole, form: LastDayForm) -> bool:
    """Change the last day; False when the form must be looked at again."""
    try:
        delegates.change_end(
            role,
            form.cleaned_data["last_day"],
            actor=access.person(request.user),
            now=clock.now(),
            real_now=clock.real_now(),
        )
    except roles.BadEnd:
        form.add_error("last_day", _("This day is over. Choose today or later."))
    except roles.NotRemovable:
        form.add_error(None, _("A holder's access has no last day."))
    except NoSuchRole:
        messages.info(request, _("This access has ended already."))
    else:
        messages.success(request, _("The last day is changed."))
    return not form.errors


def _too_many(error: inviting.TooManyAttempts) -> str:
    when = formats.moment(error.retry_at, utility().zone)
    return _("That is many invitations for one day. Try again after %s.") % when
