"""What holders see of our employees' looks at their data, and the code that proves who calls."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import access, looked
from accounts.forms.looked import ObjectionForm
from accounts.operations import help_codes
from accounts.operations.attempts import TooManyAttempts
from accounts.operations.grants import object_to
from accounts.rights import Right
from core import clock


@require_GET
def who_looked(request: HttpRequest) -> HttpResponse:
    """Show who looked at the data of the customers whose accounts this person holds."""
    customers = list(access.customers_for(request.user, clock.now(), Right.INVITE))
    context = {"lately": looked.lately(customers, real_now=clock.real_now())}
    return render(request, "accounts/who_looked.html", context)


@require_http_methods(["GET", "POST"])
def objection(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take up that the customer did not expect a session."""
    grant = access.grant_about(request.user, uid, clock.now())
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = access.person(request.user)
        object_to(grant, by=person, note=form.cleaned_data["note"])
        messages.success(request, _("Thank you. A supervisor will look at this session."))
        return redirect("who_looked")
    context = {"grant": grant, "who": looked.who(grant), "form": form}
    return render(request, "accounts/objection.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def help_code(request: HttpRequest) -> HttpResponse:
    """Give a holder a code to read to the employee who helps them; it is shown this once."""
    person, now = access.person(request.user), clock.real_now()
    customers = list(access.customers_for(person, clock.now(), Right.INVITE))
    codes: list[tuple[str, str]] = []
    if request.method == "POST":
        if not customers:
            raise Http404
        try:
            codes = [
                (str(each), help_codes.issue(each, shown_to=person, real_now=now))
                for each in customers
            ]
        except TooManyAttempts:
            messages.error(request, _("You asked for many codes. Wait an hour and try again."))
            return redirect("help_code")
    context = {
        "codes": codes,
        "may_ask": bool(customers),
        "until": now + help_codes.LIFETIME,
    }
    response = render(request, "accounts/help_code.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
