"""What the rules found in a meter's readings, and what somebody decides about it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from accounts.queries import utility
from core import clock
from meters import access, deciding, exceptions, operations
from meters.models import ReadingException

PAGE_SIZE = 25


@require_GET
def of_meter(request: HttpRequest, serial: str) -> HttpResponse:
    """Show a meter's exceptions, the open ones first."""
    meter = access.meter_for(request.user, serial)
    page = Paginator(exceptions.of_meter(meter), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "meter": meter,
        "page": page,
        "rows": exceptions.rows(page.object_list),
        "zone": exceptions.zone_of(meter) or utility().zone,
        "may_decide": access.may_work(request.user),
    }
    return _answer(request, "meters/exceptions.html", context)


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, serial: str, pk: int) -> HttpResponse:
    """Show one exception and take what is decided about it, with its reason."""
    exception = access.exception_to_decide(request.user, serial, pk)
    form = deciding.DecideForm(request.POST or None, exception=exception)
    if request.method == "POST" and form.is_valid():
        if _decided(request, exception, form):
            return redirect("meters:exceptions", serial)
    elif request.method == "POST" and not deciding.possible(exception):
        messages.info(request, _("This was decided before."))
        return redirect("meters:exceptions", serial)
    meter = access.meter_for(request.user, serial)
    [row] = exceptions.rows([exception])
    zone = exceptions.zone_of(meter) or utility().zone
    context = {
        "meter": meter,
        "row": row,
        "form": form,
        "zone": zone,
        "day": row.day(zone),
        "may_decide": bool(deciding.possible(exception)),
    }
    return _answer(request, "meters/decide.html", context, 422 if form.errors else 200)


def _decided(request: HttpRequest, exception: ReadingException, form: deciding.DecideForm) -> bool:
    actor = request.user if isinstance(request.user, User) else None
    said = form.cleaned_data
    try:
        deciding.DEEDS[said["decision"]](
            exception, actor=actor, at=clock.now(), reason=said["reason"]
        )
    except operations.NotOpen:
        form.add_error("decision", _("It was decided before, or later readings have gone past it."))
    except operations.NoGround:
        form.add_error(
            "decision",
            _("No interval is empty there, or nothing known leads to an estimate."),
        )
    else:
        messages.success(request, _("Decided. The reason is kept with your name."))
        return True
    return False


def _answer(
    request: HttpRequest, template: str, context: dict[str, object], status: int = 200
) -> HttpResponse:
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
