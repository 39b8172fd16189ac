"""The customer's own profile: who they are, how they are reached, and what was changed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import access
from accounts.doors.step_up import step_up_required
from accounts.forms.contact import ContactForm, PersonForm
from accounts.models import Customer
from accounts.operations.contact import change_person
from accounts.rights import Right
from core import clock
from support.operations import contact
from support.presentation.changes import changes_for


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    now, user = clock.now(), access.person(request.user)
    context = {
        "customers": list(access.customers_for(user, now)),
        "held": list(access.accounts_for(user, now, Right.INVITE)),
        "changes": changes_for(user, now),
    }
    return render(request, "support/profile.html", context)


@require_http_methods(["GET", "POST"])
@step_up_required
def you(request: HttpRequest) -> HttpResponse:
    """Change what a person told of themselves; their address for signing in is allauth's page."""
    user = access.person(request.user)
    form = PersonForm.of(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change_person(user, **form.cleaned_data)
        except contact.NothingChanged:
            messages.info(request, _("Nothing was different, so nothing was changed."))
        else:
            messages.success(request, _("Your details are changed."))
        return redirect("support:profile")
    status = 422 if form.errors else 200
    return render(request, "support/profile_you.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@step_up_required
def change_contact(request: HttpRequest, uid: UUID) -> HttpResponse:
    customer = access.customer_for(request.user, uid, clock.now())
    form = ContactForm.of(customer, request.POST or None)
    if request.method == "POST" and form.is_valid() and _changed(request, customer, form):
        return redirect("support:profile")
    status = 422 if form.errors else 200
    context = {"form": form, "customer": customer}
    return render(request, "support/profile_contact.html", context, status=status)


def _changed(request: HttpRequest, customer: Customer, form: ContactForm) -> bool:
    """Change the contact data; False when the form must be looked at again."""
    try:
        contact.change_contact(
            customer,
            changes=form.change,
            actor=access.person(request.user),
            now=clock.now(),
            real_now=clock.real_now(),
        )
    except contact.ChangedSince:
        form.add_error(
            None,
            _("Somebody changed this meanwhile. Open the page again to see how it is now."),
        )
        return False
    except contact.NothingChanged:
        messages.info(request, _("Nothing was different, so nothing was changed."))
    else:
        messages.success(
            request, _("The contact data is changed. We told the old and the new address.")
        )
    return True
