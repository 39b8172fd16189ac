"""What an employee changes for the customer in the room: contact data, and who sees the account.

Cards and bank details are no part of it: nobody types them for a customer.
"""

from __future__ import annotations

from datetime import date
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.contact import LABELS, changed_fields
from accounts.forms.contact import ContactForm
from accounts.models import AccountRole, AssistanceGrant
from accounts.operations import delegates as roles
from accounts.operations.roles import NoSuchRole
from accounts.rights import DELEGATE_SCOPES
from core import clock
from support import access, drafts, editing
from support.forms.delegates import ShorterForm
from support.operations import contact, delegates


@require_http_methods(["GET", "POST"])
def change_contact(request: HttpRequest) -> HttpResponse:
    """Ask for the new contact data, show before and after, and change what was confirmed."""
    real_now = clock.real_now()
    grant = access.grant_of(request.user, real_now)
    customer = editing.contact_of(grant)
    typed = drafts.kept(grant, request.path)
    form = ContactForm.of(customer, request.POST or None, draft=typed)
    if request.method == "POST" and form.is_valid():
        if not changed_fields(customer, form.change):
            messages.info(request, _("Nothing was different, so nothing was changed."))
            return redirect("support:edit_contact")
        if "confirmed" not in request.POST:
            return _check(request, grant, form)
        if _contact_changed(request, grant, form):
            drafts.used(grant, request.path)
            return redirect("support:edit_contact")
    context = {"grant": grant, "form": form, "is_draft": bool(typed) and request.method == "GET"}
    status = 422 if form.errors else 200
    return render(request, "support/edit_contact.html", context, status=status)


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    grant = access.grant_of(request.user, clock.real_now())
    found = editing.people_of(grant, clock.now())
    context = {"grant": grant, "roles": found, "delegate_roles": DELEGATE_SCOPES}
    return render(request, "support/edit_people.html", context)


@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a delegate's access end now, or on an earlier day."""
    grant = access.grant_of(request.user, clock.real_now())
    role = editing.person_of(grant, pk, clock.now())
    is_shorter = "remove" not in request.POST
    initial = {"last_day": delegates.last_day_of(role), **drafts.kept(grant, request.path)}
    form = ShorterForm(request.POST if request.POST and is_shorter else None, initial=initial)
    if request.method == "POST" and (not is_shorter or form.is_valid()):
        day = form.cleaned_data["last_day"] if is_shorter else None
        if _ended(request, grant, role, form, day):
            drafts.used(grant, request.path)
            return redirect("support:edit_people")
    status = 422 if form.errors else 200
    context = {"grant": grant, "role": role, "form": form}
    return render(request, "support/edit_person.html", context, status=status)


def _check(request: HttpRequest, grant: AssistanceGrant, form: ContactForm) -> HttpResponse:
    """Show what would change, before and after; nothing is changed yet."""
    fields = changed_fields(grant.customer, form.change)
    rows = [
        (LABELS[field], getattr(grant.customer, field), form.cleaned_data[field])
        for field in fields
    ]
    return render(
        request, "support/edit_contact_check.html", {"grant": grant, "form": form, "rows": rows}
    )


def _contact_changed(request: HttpRequest, grant: AssistanceGrant, form: ContactForm) -> bool:
    """Change the contact data; False when the form must be looked at again."""
    try:
        contact.change_contact(
            grant.customer,
            changes=form.change,
            actor=grant.employee,
            now=clock.now(),
            real_now=clock.real_now(),
            grant=grant,
        )
    except contact.ChangedSince:
        form.add_error(
            None,
            _("Somebody changed this meanwhile. Open the page again to see how it is now."),
        )
        return False
    except contact.NotLive as error:
        raise access.NoGrant from error
    messages.success(
        request, _("The contact data is changed. The customer was told, at the old address too.")
    )
    return True


def _ended(
    request: HttpRequest,
    grant: AssistanceGrant,
    role: AccountRole,
    form: ShorterForm,
    last_day: date | None,
) -> bool:
    """End the access now, or on a day; False when the form must be looked at again."""
    end = (
        partial(delegates.change_end, role, last_day)
        if last_day
        else partial(delegates.remove, role)
    )
    try:
        end(actor=grant.employee, now=clock.now(), real_now=clock.real_now(), grant=grant)
    except roles.BadEnd:
        form.add_error("last_day", _("Choose a day from today on, and not later than it is now."))
    except (roles.NotRemovable, roles.LastHolder):
        messages.error(request, _("Only a delegate's access is ended here."))
    except NoSuchRole:
        messages.info(request, _("This access has ended already."))
    except contact.NotLive as error:
        raise access.NoGrant from error
    else:
        messages.success(request, _("The access is changed, and both sides were told."))
    return not form.errors
