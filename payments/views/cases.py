"""Cases: what a person must look at, and what was done about it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from core import clock
from payments.access import staff
from payments.desk import cases as presented
from payments.desk.paging import key_page
from payments.forms.desk import CaseFilterForm, NoteForm
from payments.models import PaymentCase
from payments.operations import cases
from payments.views.pages import asked, page, status_of


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the open cases, or all, of one kind or of every kind."""
    found = staff.cases(request.user)
    form = CaseFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    if not wanted.get("everything"):
        found = found.filter(state=PaymentCase.State.OPEN)
    if kind := wanted.get("kind"):
        found = found.filter(kind=kind)
    pages = key_page(found, before=wanted.get("before"))
    context = {
        "form": form,
        "rows": presented.rows(pages.rows, now=clock.now()),
        "page": pages,
        "asked": asked(request),
        "is_narrowed": bool(wanted.get("kind") or wanted.get("everything")),
    }
    return page(request, "payments/cases.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a case with what to do; close it with a word about what was done."""
    case = staff.case(request.user, pk)
    staff.note_look(request.user, "case.look", case, case.account)
    form = NoteForm(request.POST or None)
    if request.method == "POST":
        actor = staff.member_of_staff(request.user, among=staff.WORKING)
        if form.is_valid():
            try:
                note = form.cleaned_data["note"]
                cases.close_case(case, actor=actor, note=note, now=clock.now())
            except cases.CaseClosed:
                messages.info(request, _("Somebody closed this case already."))
            else:
                messages.success(request, _("The case is closed."))
            return redirect("payments:case", pk)
    context = {
        "case": case,
        "facts": presented.facts(case),
        "what_to_do": presented.what_to_do(case.kind),
        "links": presented.links(case),
        "form": form,
        "may_work": staff.may_work_at_desk(request.user),
    }
    return page(request, "payments/case.html", context, status=status_of(form))
