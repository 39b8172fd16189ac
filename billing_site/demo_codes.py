"""The demonstration's codes: what the app of each member of staff would show now."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from billing_site.demo import codes as demo
from core import clock


@login_not_required
@never_cache
@require_GET
def codes(request: HttpRequest) -> HttpResponse:
    """Show the codes to anybody: nobody real signs in with them."""
    if not settings.DEMO or settings.PRODUCTION:
        raise Http404
    now = clock.real_now()
    context = {"rows": demo.shown(now), "seconds": demo.seconds_left(now)}
    return render(request, "billing_site/demo_codes.html", context)
