"""Two versions of a tariff or plan side by side, as a page and as files."""

from __future__ import annotations

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from accounts.page_events import Event, note
from accounts.queries import utility
from core import clock
from core.csv_export import attachment
from core.periods import local_date
from statements import documents
from statements.pricing.detail.comparing import Comparison, compare, sheet
from statements.pricing.detail.head import Head, Item, head, numbered
from statements.pricing.detail.links import again
from statements.pricing.detail.version_rows import page_of, rows
from statements.views.answers import private
from tariffs import access

logger = logging.getLogger(__name__)


@require_GET
def tariff(request: HttpRequest, code: str) -> HttpResponseBase:
    """Compare two versions of a tariff."""
    return _compared(request, "tariff", access.tariff_for(request.user, code))


@require_GET
def plan(request: HttpRequest, code: str) -> HttpResponseBase:
    """Compare two versions of a plan."""
    return _compared(request, "plan", access.plan_for(request.user, code))


def _compared(request: HttpRequest, kind: str, item: Item) -> HttpResponseBase:
    zone = utility().zone
    found = head(item, local_date(clock.now(), zone))
    old, new = _pair(request, found)
    if old is None or new is None:
        return render(
            request, "statements/prices/compare_none.html", _frame(kind, found), status=200
        )
    told = compare(old, new, zone, is_whole=request.GET.get("all") == "1")
    name = f"{item.code}-v{old.number}-v{new.number}"
    form = request.GET.get("file")
    versions = [old.number, new.number]
    note(request, Event.COMPARED, item=item.code, versions=versions, export=form, kind=kind)
    if form == "csv":
        return attachment(sheet(told), name=f"{name}.csv")
    context = {**_frame(kind, found), "told": told}
    if form == "pdf":
        return _pdf(request, context, name)
    if access.may_change(request.user):
        context["again"] = [(each, again(kind, found, each)) for each in (old, new)]
    context["rows"] = rows(kind, found)
    return render(request, "statements/prices/compare.html", context)


def _frame(kind: str, found: Head) -> dict[str, Any]:
    return {"head": found, "item": found.item, "page": page_of(kind, found.item)}


def _pair(request: HttpRequest, found: Head) -> tuple[Any, Any]:
    """Return the versions that the address names, else the newest and the one before it.

    :raises Http404: if it names one that does not exist
    """
    if "a" not in request.GET and "b" not in request.GET:
        newest = [*found.versions[:2], None, None]
        return newest[1], newest[0]
    pair = [_named(found, request.GET.get(key, "")) for key in ("a", "b")]
    return pair[0], pair[1]


def _named(found: Head, said: str) -> Any:
    version = numbered(found.versions, int(said)) if said.isascii() and said.isdigit() else None
    if version is None:
        raise Http404
    return version


def _pdf(request: HttpRequest, context: dict[str, Any], name: str) -> HttpResponse:
    told: Comparison = context["told"]
    house = utility()
    words = {
        **context,
        "house": house,
        "language": translation.get_language(),
        "is_rtl": translation.get_language_bidi(),
        "title": f"{context['item'].name}, {told.name} – {house.name}",
    }
    try:
        content = documents.to_pdf(render_to_string("statements/prices/compare_pdf.html", words))
    except documents.PdfUnavailable:
        logger.exception("document.unavailable", extra={"comparison": name})
        return private(render(request, "statements/prices/no_pdf.html", context, status=503))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"{name}.pdf") or ""
    return private(response)
