"""Prices for everybody: what is in force and what is published, on a page and as files."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, get_language_bidi
from django.views.decorators.http import require_GET

from accounts.queries import utility
from core import clock
from statements import documents
from statements.plan_forms import PricesForm
from statements.pricing import rate_cards
from tariffs.models import Tariff

ON_PAGE = 20
KEPT = 300  # seconds for which anybody may keep a copy
PDF_KEPT = 3600  # seconds for which we keep one
INTERNAL = ("change_summary", "examples")  # of a definition; nobody is charged by them


@require_GET
@login_not_required
def index(request: HttpRequest) -> HttpResponse:
    """Show the tariffs that are in force, by service and for a category."""
    today = clock.today(utility().zone)
    form = PricesForm(request.GET)
    said = form.cleaned_data if form.is_valid() else {}
    found = rate_cards.tariffs_offered(
        today, service=said.get("service", ""), category=said.get("category")
    )
    page = Paginator(found, ON_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "cards": rate_cards.cards(list(page), today),
        "is_narrowed": any(said.values()),
        "today": today,
    }
    return render(request, "statements/rate_cards.html", context)


@require_GET
@login_not_required
def file(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """Hand over one tariff for printing or for programs; `version` asks for a later one."""
    today = clock.today(utility().zone)
    tariff = rate_cards.tariffs_offered(today).filter(code=code).first()
    asked = request.GET.get("version", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else None
    version = rate_cards.version_published(tariff, today, number) if tariff else None
    if tariff is None or version is None or (asked and number is None):
        raise Http404
    name = f"{tariff.code}-v{version.number}"
    if form == "json":
        definition = {k: v for k, v in version.definition.items() if k not in INTERNAL}
        response: HttpResponse = JsonResponse(definition, json_dumps_params={"indent": 2})
    elif form == "pdf":
        response = _pdf(tariff, version.number)
    else:
        raise Http404
    if response.status_code == 200:
        response["Content-Disposition"] = (
            content_disposition_header(form == "json", f"{name}.{form}") or ""
        )
        is_known = request.user.is_authenticated
        response["Cache-Control"] = "private, no-store" if is_known else f"public, max-age={KEPT}"
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


def _pdf(tariff: Tariff, number: int) -> HttpResponse:
    html = render_to_string("statements/rate_card_pdf.html", _document(tariff, number))
    key = f"rate-card:{hashlib.sha256(html.encode()).hexdigest()}"
    content = cache.get(key)
    if content is None:
        try:
            content = documents.to_pdf(html)
        except documents.PdfUnavailable:
            return HttpResponse(status=503)
        cache.set(key, content, PDF_KEPT)
    return HttpResponse(content, content_type="application/pdf")


def _document(tariff: Tariff, number: int) -> dict[str, Any]:
    house = utility()
    (found,) = rate_cards.cards([tariff], clock.today(house.zone), number=number)
    return {
        "rate": found,
        "house": house,
        "title": f"{found.card.name} – {house.name}",
        "language": get_language(),
        "is_rtl": get_language_bidi(),
    }
