"""The lists of tariffs and plans, and the same lists as files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from types import ModuleType
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts import saved_views
from accounts.access import person
from accounts.models import SavedView, User
from accounts.operations import audit
from accounts.page_events import Event, note
from accounts.queries import utility
from core import clock, formats
from core.periods import local_date
from core.tables import Listing, View, counting, sheets
from core.tables.asked import Asked
from core.tables.table import Shape, respond
from statements.pricing.lists import offered, plans, tariffs
from statements.pricing.lists.shown import with_shown
from tariffs import access

MOST_COUNTED = 100_000


@dataclass(frozen=True)
class Found:
    """What an address asks for of one of the lists."""

    asked: Asked
    rows: QuerySet[Any]
    shape: Shape
    own: list[SavedView]  # of the person


@require_GET
def tariff_list(request: HttpRequest) -> HttpResponse:
    """Show the tariffs that the address asks for, one page of them."""
    found = _tariffs(request)
    count = counting.upto(found.rows, MOST_COUNTED).count
    said = ngettext("%(count)s tariff found", "%(count)s tariffs found", count)
    _note(request, found, "tariffs", count)
    return _page(request, found, "tariffs", said % {"count": formats.number(count)})


@require_GET
def plan_list(request: HttpRequest) -> HttpResponse:
    """Show the plans that the address asks for, one page of them."""
    found = _plans(request)
    count = counting.upto(found.rows, MOST_COUNTED).count
    said = ngettext("%(count)s plan found", "%(count)s plans found", count)
    _note(request, found, "plans", count)
    return _page(request, found, "plans", said % {"count": formats.number(count)})


@require_GET
def tariffs_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """Save the tariffs that the address asks for, all pages of them."""
    return _file(request, _tariffs(request), form, "tariffs")


@require_GET
def plans_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """Save the plans that the address asks for, all pages of them."""
    return _file(request, _plans(request), form, "plans")


def _tariffs(request: HttpRequest) -> Found:
    return _found(request, access.tariffs_for(request.user), tariffs)


def _plans(request: HttpRequest) -> Found:
    return _found(request, access.plans_for(request.user), plans)


def _found(request: HttpRequest, items: QuerySet[Any], lists: ModuleType) -> Found:
    now, zone = clock.now(), utility().zone
    today = local_date(now, zone)
    name = "plans" if lists is plans else "tariffs"
    actions = offered.actions(name) if access.may_change(request.user) else ()
    own = _own(request, name)
    views = (*lists.VIEWS, *(View(each.name, each.query) for each in own))
    asked = replace(lists.table(today), actions=actions, views=views).asked(request.GET)
    shape = partial(lists.rows, at=now, zone=zone)
    return Found(asked, asked.narrow(with_shown(items, today)), shape, own)


def _page(request: HttpRequest, found: Found, name: str, said: str) -> HttpResponse:
    listing = Listing(found.asked, found.rows, shape=found.shape, files=_files(name))
    context = {
        "list": listing,
        "found": said,
        "part": name,
        "own": found.own,
        "may_change": access.may_change(request.user),
    }
    template, part = f"statements/prices/{name}.html", "statements/prices/_list.html"
    return respond(request, template, part, context, said=said)


def _own(request: HttpRequest, name: str) -> list[SavedView]:
    return saved_views.of(request.user, name) if isinstance(request.user, User) else []


def _note(request: HttpRequest, found: Found, name: str, count: int) -> None:
    """Note how the list was narrowed, and what was looked for."""
    said = {each.key: found.asked.said.get(each.key) for each in found.asked.table.filters}
    if narrowed := sorted(key for key, value in said.items() if value):
        note(request, Event.TARIFF_FILTERED, list=name, filters=narrowed, found=count)
    if words := said.get("q"):
        note(request, Event.TARIFF_SOUGHT, list=name, terms=words, found=count)


def _file(request: HttpRequest, found: Found, form: str, name: str) -> HttpResponseBase:
    if form not in ("csv", "xlsx"):
        raise Http404
    if not found.asked.is_valid:
        return redirect(f"{reverse(f'statements:price_{name}')}?{request.GET.urlencode()}")
    try:
        file = sheets.answer(form, found.asked, found.rows, shape=found.shape, name=name)
    except sheets.TooManyRows as error:
        words = {"most": formats.number(error.most)}
        return HttpResponse(
            _("More than %(most)s rows match: narrow the list first.") % words,
            status=422,
            content_type="text/plain; charset=utf-8",
        )
    viewer = person(request.user)
    terms = request.GET.urlencode()[:200]
    note(request, Event.FILE_MOVED, direction="out", format=form, outcome="saved", kind=name)
    audit(f"{name}.export", viewer, actor=viewer, detail={"terms": terms})
    return file


def _files(name: str) -> str:
    """Return the address of the files without its ending."""
    return reverse(f"statements:price_{name}").rstrip("/")
