"""Finding a customer. What is searched for travels in the form, never in an address."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts import grants
from accounts.operations.attempts import TooManyAttempts
from accounts.operations.audit import audit_search
from accounts.staff import StaffRole, has_role
from core import clock
from core.pages import render_part, say, wants_part
from support import access, typing
from support.forms.search import SearchForm
from support.search import Found, find
from support.views.pages import member, status_of

PAGE, PART = "support/search.html", "support/_found.html"


@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Show what is found; for the box alone, which asks while one types, only the results."""
    if not access.may_search(request.user):
        raise Http404
    is_typing = wants_part(request)
    form = SearchForm(request.POST or None)
    found = _found(request, form) if request.method == "POST" and form.is_valid() else None
    context = {
        "form": form,
        "found": found,
        "may_help": has_role(request.user, *grants.HELPING),
        "sees_balance": has_role(request.user, StaffRole.CASHIER, StaffRole.FINANCE),
    }
    status = 200 if is_typing and form.has_error("q") else status_of(form)
    response = render_part(request, PAGE, PART, context, status=status)
    response["Cache-Control"] = "private, no-store"
    return say(response, _said(found)) if is_typing and found else response


def _found(request: HttpRequest, form: SearchForm) -> Found | None:
    """Search and write down who looked for what; too many searches in a row must wait."""
    person, text = member(request), form.cleaned_data["q"]
    try:
        typing.count(person, text, real_now=clock.real_now())
    except TooManyAttempts:
        form.add_error(None, _("That were many searches. Wait a few minutes and go on."))
        return None
    found = find(text, now=clock.now())
    audit_search("customer.search", actor=person, terms=text, found=len(found.hits))
    return found


def _said(found: Found) -> str:
    n = len(found.hits)
    return ngettext("%(n)s account found", "%(n)s accounts found", n) % {"n": n}
