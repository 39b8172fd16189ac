"""Who employees are close to: they say so themselves, and an administrator ends it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.operations import grants
from accounts.staff import StaffRole, has_role
from core import clock
from support import supervising as access
from support.forms.report import RelationForm
from support.views.pages import member, page, status_of


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    person = member(request)
    form = RelationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        customer = access.customer_of_number(person, form.cleaned_data["number"])
        if customer is not None:
            grants.declare(
                person,
                customer,
                note=form.cleaned_data["note"],
                declared_by=person,
                real_now=clock.real_now(),
            )
            messages.success(request, _("It is noted. You will not help this customer."))
            return redirect("support:relations")
        form.add_error("number", _("There is no account with this number."))
    context = {
        "form": form,
        "relations": access.relations(person),
        "may_end": has_role(person, StaffRole.ADMINISTRATOR),
    }
    return page(request, "support/relations.html", context, status=status_of(form))


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    person = member(request)
    relation = access.relation(person, pk)
    try:
        grants.end_relation(relation, by=person, real_now=clock.real_now())
    except grants.NotYoursToEnd:
        messages.error(request, _("Another administrator ends a relation of yours."))
    else:
        messages.success(request, _("The relation is ended."))
    return redirect("support:relations")
