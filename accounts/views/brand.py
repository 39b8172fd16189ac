"""The style sheet with the utility's colour."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from accounts import brand, queries
from accounts.models import Utility

A_YEAR, A_MINUTE = 31_536_000, 60


@login_not_required
@require_GET
def brand_css(request: HttpRequest) -> HttpResponse:
    """Answer the colour in use; the address carries it, so that browsers may keep the answer."""
    try:
        colour = queries.utility().brand_colour
    except Utility.DoesNotExist:
        colour = ""
    if not colour:
        raise Http404
    response = HttpResponse(brand.style_sheet(colour), content_type="text/css")
    kept = A_YEAR if request.GET.get("v") == colour[1:] else A_MINUTE
    response["Cache-Control"] = f"public, max-age={kept}"
    return response
