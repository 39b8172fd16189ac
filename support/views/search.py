"""Finding a customer. What is searched for travels in the form, never in an address."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import grants
from accounts.operations.attempts import TooManyAttempts, attempt_key, take_attempt
from accounts.operations.audit import audit_search
from accounts.staff import StaffRole, has_role
from core import clock
from support import access
from support.forms.search import SearchForm
from support.search import SEARCHES, WINDOW, Found, find
from support.views.pages import member, page, status_of


@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    if not access.may_search(request.user):
        raise Http404
    form = SearchForm(request.POST or None)
    found = _found(request, form) if request.method == "POST" and form.is_valid() else None
    context = {
        "form": form,
        "found": found,
        "may_help": has_role(request.user, *grants.HELPING),
        "sees_balance": has_role(request.user, StaffRole.CASHIER, StaffRole.FINANCE),
    }
    return page(request, "support/search.html", context, status=status_of(form))


def _found(request: HttpRequest, form: SearchForm) -> Found | None:
    """Search and write down who looked for what; too many searches in a row must wait."""
    person, text = member(request), form.cleaned_data["q"]
    try:
        key = attempt_key("help_search", "user", str(person.pk))
        take_attempt([key], now=clock.real_now(), limit=SEARCHES, window=WINDOW)
    except TooManyAttempts:
        form.add_error(None, _("That were many searches. Wait a few minutes and go on."))
        return None
    found = find(text, now=clock.now())
    audit_search("customer.search", actor=person, terms=text, found=len(found.hits))
    return found
