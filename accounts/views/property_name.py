"""A person gives a property a name of their own."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import access
from accounts.forms.property_name import PropertyNameForm
from accounts.operations.property_names import name_property
from core import clock


@require_http_methods(["GET", "POST"])
def change_name(request: HttpRequest, number: str) -> HttpResponse:
    user = access.person(request.user)
    account = access.account_for(user, number, clock.now())
    known = access.property_names(user).get(account.pk, "")
    form = PropertyNameForm(request.POST or None, initial={"name": known})
    if request.method == "POST" and form.is_valid():
        name_property(user, account, form.cleaned_data["name"])
        messages.success(request, _("The name is kept."))
        return redirect("reports:properties")
    status = 422 if form.errors else 200
    context = {"form": form, "account": account}
    return render(request, "accounts/property_name.html", context, status=status)
