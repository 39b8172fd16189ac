"""Opening a help session, by the book or in an emergency."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import grants as rules
from accounts.models import Customer, User
from accounts.names import masked_email, masked_phone
from accounts.operations import grants
from accounts.staff import StaffRole, has_role
from core import clock
from support import access
from support.forms.session import EmergencyForm, StartForm
from support.operations import help as sessions
from support.views.pages import member, page, status_of

Refusal = grants.Refusal

SAID = {
    Refusal.NO_ROLE: gettext_lazy("Your role does not open help sessions with this customer."),
    Refusal.ALREADY_OPEN: gettext_lazy("You help another customer now: end that session first."),
    Refusal.NOTE_TOO_SHORT: gettext_lazy("Say in at least ten letters why."),
    Refusal.CALLER_NOT_CHECKED: gettext_lazy("Check first who is calling."),
    Refusal.NO_TICKET: gettext_lazy("Give the number of the ticket."),
    Refusal.WRONG_CODE: gettext_lazy("This code is wrong, used or too old. Ask for a new one."),
    Refusal.NOT_REVIEWED: gettext_lazy(
        "Your last emergency session has not been reviewed yet: another one has to wait for that."
    ),
}
CLOSE = gettext_lazy(
    "You are this customer, or close to them. Somebody else helps: ask your supervisor."
)
SUPERVISED = gettext_lazy(
    "This customer works here, or is close to somebody who does. An administrator helps them: "
    "give them the account number."
)


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask why, and how the caller was checked; then open the session."""
    employee = member(request)
    customer = access.customer_to_help(employee, uid)
    role = _role(employee)
    initial = {"next": request.GET.get("next", "")}
    form = StartForm(request.POST or None, role=role, initial=initial)
    if request.method == "POST" and form.is_valid() and _started(form, employee, customer, role):
        messages.success(request, _("The help session is open."))
        return redirect(_next(form.cleaned_data["next"]))
    context = {
        **_about(employee, customer),
        "form": form,
        "is_free": role == StaffRole.ADMINISTRATOR,
        "may_emergency": may_open_emergency(employee),
    }
    return page(request, "support/start.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
def emergency(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Open a session without a check; it is told to administrators and reviewed afterwards."""
    employee = member(request)
    if not may_open_emergency(employee):
        raise Http404
    customer = access.customer_to_help(employee, uid)
    form = EmergencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _emergency(form, employee, customer):
        messages.warning(request, _("The emergency session is open, and administrators know."))
        return redirect("support:customer")
    context = {**_about(employee, customer), "form": form}
    return page(request, "support/emergency.html", context, status=status_of(form))


def may_open_emergency(employee: User) -> bool:
    return has_role(employee, *(StaffRole(role) for role in settings.EMERGENCY_ROLES))


def _role(employee: User) -> str:
    """Return the role by which this person helps.

    :raises Http404: for those who help nobody
    """
    role = rules.helping_role(employee)
    if role is None:
        raise Http404
    return role.value


def _about(employee: User, customer: Customer) -> dict[str, object]:
    """Return what may be known before a session is open."""
    return {
        "customer": customer,
        "email": masked_email(customer.email),
        "phone": masked_phone(customer.phone),
        "open_session": rules.live_grant(employee, clock.real_now()),
    }


def _started(form: StartForm, employee: User, customer: Customer, role: str) -> bool:
    said = form.cleaned_data
    try:
        sessions.start(
            employee,
            customer,
            role=role,
            reason=said["reason"],
            note=said["note"],
            channel=said["channel"],
            caller_check=said["caller_check"],
            ticket=said["ticket"],
            help_code=said["help_code"],
            facts=form.facts,
            real_now=clock.real_now(),
        )
    except sessions.WrongFacts:
        form.add_error("fact_1", _("At least one of these is not right. Ask for other facts."))
    except grants.TooManyAttempts:
        form.add_error(None, _("Too many tries. Wait a quarter of an hour, or use a ticket."))
    except (grants.GrantRefused, grants.ConflictOfInterest) as error:
        form.add_error(None, _said(error))
    return form.is_valid()


def _emergency(form: EmergencyForm, employee: User, customer: Customer) -> bool:
    note, now = form.cleaned_data["note"], clock.real_now()
    try:
        sessions.start_emergency(employee, customer, note=note, real_now=now)
    except (grants.GrantRefused, grants.ConflictOfInterest) as error:
        form.add_error(None, _said(error))
    return form.is_valid()


def _said(error: grants.GrantRefused | grants.ConflictOfInterest) -> str:
    if isinstance(error, grants.GrantRefused):
        return str(SAID[error.reason])
    return str(SUPERVISED if isinstance(error, grants.SupervisorOnly) else CLOSE)


def _next(path: str) -> str:
    """Return the page of help to go on with; any other address leads to the customer."""
    is_ours = path.startswith("/help/") and url_has_allowed_host_and_scheme(path, None)
    return path if is_ours else reverse("support:customer")
