"""What one is told and how: each row of the page saves itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import access
from accounts.models import User
from accounts.operations.contact import ChangedSince, NothingChanged, change_language
from core import clock
from core.pages import say, wants_part
from notifications import operations
from notifications.forms import DaysForm, EmailForm, LanguageForm
from notifications.matrix import Matrix, matrix_of

PAGE = "notifications/preferences.html"


@require_GET
def preferences(request: HttpRequest) -> HttpResponse:
    return _page(request, _matrix(access.person(request.user)))


@require_POST
def email(request: HttpRequest) -> HttpResponse:
    """Switch the mails of one event on or off."""
    user = access.person(request.user)
    form = EmailForm(request.POST, matrix=_matrix(user))
    if not form.is_valid():
        return _refused(request, user, form)
    event = form.cleaned_data["event"]
    operations.switch_email(user, event, is_on=form.cleaned_data["email"])
    row = _matrix(user).row(event)
    return _saved(request, "notifications/_event.html", {"row": row})


@require_POST
def days(request: HttpRequest) -> HttpResponse:
    """Choose how many days before the due date to be reminded."""
    user = access.person(request.user)
    form = DaysForm(request.POST)
    if not form.is_valid() or not _matrix(user).days:
        return _refused(request, user, form)
    operations.choose_reminder_days(user, form.cleaned_data["days"])
    return _saved(request, "notifications/_days.html", _context(_matrix(user)))


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language in which a customer is written to."""
    user = access.person(request.user)
    form = LanguageForm(request.POST, matrix=_matrix(user))
    if not form.is_valid():
        return _refused(request, user, form)
    try:
        change_language(form.chosen, form.cleaned_data["language"], actor=user)
    except NothingChanged:
        pass  # saved is saved
    except ChangedSince:
        messages.error(request, _("Somebody changed this at the same moment. Please try again."))
        return redirect("notifications:preferences")
    customer = access.customer_for(user, form.chosen.uid, clock.now())
    return _saved(request, "notifications/_language.html", {"customer": customer})


def _matrix(user: User) -> Matrix:
    return matrix_of(user, now=clock.now())


def _context(matrix: Matrix, form: Form | None = None) -> dict[str, Any]:
    shown = form if isinstance(form, DaysForm) else DaysForm(initial={"days": matrix.days})
    return {"matrix": matrix, "form": form, "days_form": shown}


def _page(
    request: HttpRequest, matrix: Matrix, form: Form | None = None, *, status: int = 200
) -> HttpResponse:
    return render(request, PAGE, _context(matrix, form), status=status)


def _refused(request: HttpRequest, user: User, form: Form) -> HttpResponse:
    """Show what is wrong: as a page, or where the part of it stands."""
    if wants_part(request) and isinstance(form, DaysForm):
        context = _context(_matrix(user), form)
        return render(request, "notifications/_days.html", context, status=422)
    response = _page(request, _matrix(user), form, status=422)
    response["HX-Retarget"], response["HX-Reswap"] = "body", "innerHTML"
    return response


def _saved(request: HttpRequest, part: str, context: dict[str, Any]) -> HttpResponse:
    if not wants_part(request):
        messages.success(request, _("Saved."))
        return redirect("notifications:preferences")
    response = render(request, part, {**context, "is_saved": True})
    return say(response, _("Saved."))
