"""One bill of a customer: its page, the readings behind a line, its PDF."""

from __future__ import annotations

import logging

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.chosen import choose
from accounts.queries import utility
from core import clock
from core.periods import local_date
from statements import access, documents
from statements.forms import DayForm, LanguageForm
from statements.presentation import adjustments, bills
from statements.presentation import behind as behind_view
from statements.presentation.body import body
from statements.views.answers import file_name, private

logger = logging.getLogger(__name__)


@require_GET
def detail(request: HttpRequest, number: str) -> HttpResponse:
    now, real_now = clock.now(), clock.real_now()
    statement = access.statement_to_read(request.user, number, now=now, real_now=real_now)
    [standing] = bills.rows([statement], today=local_date(now, utility().zone))
    choose(request, statement.account)
    context = {
        "statement": statement,
        "standing": standing,
        "adjustments": adjustments.posted(statement) if statement.has_adjustments else [],
        "body": body(statement, now=real_now),
    }
    return private(render(request, "statements/detail.html", context))


@require_GET
def by_id(request: HttpRequest, pk: int) -> HttpResponse:
    statement = access.statement_by_id(request.user, pk, now=clock.now())
    return redirect("statements:detail", statement.number)


@require_GET
def readings(request: HttpRequest, number: str, seq: int) -> HttpResponse:
    statement = access.statement_for(request.user, number, now=clock.now())
    form = DayForm(request.GET)
    day = form.cleaned_data["day"] if form.is_valid() else None
    try:
        view = behind_view.behind(statement, seq, day=day, now=clock.real_now())
    except behind_view.NoSuchLine as error:
        raise Http404(_("This bill has no such line with readings.")) from error
    return private(render(request, "statements/readings.html", {"view": view}))


@require_GET
def pdf(request: HttpRequest, number: str) -> HttpResponse:
    """Serve the stored document in the reader's language or in the one asked for."""
    statement = access.statement_for(request.user, number, now=clock.now())
    form = LanguageForm(request.GET)
    asked = form.cleaned_data["lang"] if form.is_valid() else ""
    language = asked or get_language() or statement.language
    try:
        content = documents.stored_pdf(statement, language)
    except documents.PdfUnavailable:
        logger.exception("document.unavailable", extra={"statement": statement.pk})
        context = {"statement": statement}
        return private(render(request, "statements/no_pdf.html", context, status=503))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = (
        f'inline; filename="{file_name(statement, utility().name, "pdf")}"'
    )
    return private(response)
