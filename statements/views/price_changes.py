"""Changing tariffs or plans, several or one: asked, foreseen row by row, done, and what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import person
from accounts.operations import audit
from accounts.page_events import Event, note
from accounts.queries import utility
from core import clock
from core.periods import local_date
from core.tables import bulk, sheets
from statements.pricing.changing import deeds
from statements.pricing.changing.deed import Deed, Doing, carried_out, foreseen
from statements.pricing.changing.forms import ChangeForm, form_of
from statements.pricing.changing.in_use import in_use
from statements.pricing.lists import offered, plans, tariffs
from statements.views.answers import private
from statements.views.change_parts import (
    AGAIN,
    Book,
    asked_again,
    back,
    doing_now,
    done_page,
    kind_of,
    page,
    picked,
    why_none,
)
from tariffs import access, exchange
from tariffs.exchange import choosing

FILES = ("csv", "xlsx")


@require_http_methods(["GET", "POST"])
def tariffs_change(request: HttpRequest) -> HttpResponseBase:
    """Do something with tariffs, once it was confirmed."""
    return _change(request, Book("tariffs", access.tariffs_to_change(request.user), tariffs))


@require_http_methods(["GET", "POST"])
def plans_change(request: HttpRequest) -> HttpResponseBase:
    """Do something with plans, once it was confirmed."""
    return _change(request, Book("plans", access.plans_to_change(request.user), plans))


def _change(request: HttpRequest, book: Book) -> HttpResponseBase:
    said = request.POST if request.method == "POST" else request.GET
    key = said.get("do", "")
    if request.method == "POST":
        return _sent(request, book, key)
    if "done" in said:
        return done_page(request, book, _deed(key), said["done"])
    try:
        rows = picked(request, book)
    except (bulk.NothingPicked, bulk.TooManyPicked) as error:
        messages.error(request, why_none(error))
        return redirect(back(request, book))
    if not key:
        return _which_page(request, book, rows)
    if key in FILES:
        return _file(request, book, rows, key)
    if key == offered.BOOK:
        return _book_file(request, book, rows)
    if key == offered.EDIT:
        return redirect(f"{reverse('statements:price_tariffs_edit')}?{request.GET.urlencode()}")
    return _asked(request, book, _deed(key), list(rows.order_by("name")))


def _asked(request: HttpRequest, book: Book, deed: Deed, items: Sequence[Any]) -> HttpResponse:
    """Ask what the deed needs to know, or say at once what would come of it."""
    doing = _knowing(deed, doing_now(request, {}), items)
    kind = form_of(deed.key, is_plans=book.is_plans)
    initial = {**bulk.Plan([bulk.Intent(item.pk, "") for item in items]).form.initial}
    form = kind(initial={**initial, "do": deed.key}, items=items, today=doing.today)
    if form.asks:
        return _form_page(request, book, deed, form)
    return _confirm_page(request, book, deed, form, doing)


def _sent(request: HttpRequest, book: Book, key: str) -> HttpResponse:
    basic = bulk.ConfirmForm(request.POST)
    if not basic.is_valid():
        messages.error(request, _("Choose the rows again: the form was not complete."))
        return redirect(book.back)
    deed, keys = _deed(key), basic.cleaned_data["rows"]
    items = list(book.rows.filter(pk__one_of=keys).order_by("name"))
    kind, today = form_of(deed.key, is_plans=book.is_plans), doing_now(request, {}).today
    if AGAIN in request.POST:
        form = kind(asked_again(request), items=items, today=today)
        return _form_page(request, book, deed, form)
    form = kind(request.POST, items=items, today=today)
    if not form.is_valid():
        return _form_page(request, book, deed, form, status=422)
    doing = _knowing(deed, doing_now(request, form.cleaned_data), items)
    if not form.cleaned_data["confirmed"]:
        return _confirm_page(request, book, deed, form, doing)
    bulk.once(
        kind_of(book, deed),
        token=form.cleaned_data["token"],
        by=doing.by.pk,
        keys=keys,
        work=lambda _keys: carried_out(deed, items, doing),
        real_now=clock.real_now(),
    )
    _note(request, book, deed, form.cleaned_data)
    query = {"do": deed.key, "done": form.cleaned_data["token"]}
    return redirect(reverse(f"statements:price_{book.name}_change", query=query))


def _note(request: HttpRequest, book: Book, deed: Deed, said: dict[str, Any]) -> None:
    """Note how many rows were changed in which way, and why."""
    told = bulk.outcomes(kind_of(book, deed), token=said["token"], by=person(request.user).pk)
    note(
        request,
        Event.STATUS_CHANGED,
        kind=book.name,
        after=deed.key,
        reason=said.get("reason", ""),
        count=sum(each.is_done for each in told),
    )


def _which_page(request: HttpRequest, book: Book, rows: QuerySet[Any]) -> HttpResponse:
    """Ask what to do with rows that another page named without saying it."""
    actions = [each for each in offered.actions(book.name) if each.key not in FILES]
    context = {"items": list(rows.order_by("name")), "actions": actions}
    return page(request, book, "change_which", context)


def _knowing(deed: Deed, doing: Doing, items: Sequence[Any]) -> Doing:
    """Return the same with where the rows are used, for a deed that tells it."""
    return replace(doing, used=in_use(items, doing.at)) if deed.is_grave else doing


def _form_page(
    request: HttpRequest, book: Book, deed: Deed, form: ChangeForm, *, status: int = 200
) -> HttpResponse:
    used = in_use(form.items, clock.now()) if deed.is_grave else {}
    rows = [bulk.Intent(item.pk, str(item), note=used.get(item.pk, "")) for item in form.items]
    return page(request, book, "change", {"deed": deed, "form": form, "rows": rows}, status=status)


def _confirm_page(
    request: HttpRequest, book: Book, deed: Deed, form: ChangeForm, doing: Doing
) -> HttpResponse:
    plan = bulk.Plan(foreseen(deed, form.items, doing))
    hidden = [field.as_hidden() for field in form if field.name != "confirmed"]
    context = {"deed": deed, "plan": plan, "hidden": hidden, "has_notes": True}
    if form.asks:
        context["again"] = [
            field.as_hidden({"id": f"again_{field.name}"})
            for field in form
            if field.name != "confirmed"
        ]
    return page(request, book, "change_confirm", context)


def _book_file(request: HttpRequest, book: Book, rows: QuerySet[Any]) -> HttpResponse:
    """Save all versions of these rows but withdrawn ones, as the page of files takes them back."""
    terms, today = choosing.Terms(choosing.Which.ALL), doing_now(request, {}).today
    tariffs_of, plans_of = access.tariffs_for(request.user), access.plans_for(request.user)
    body = exchange.export(
        choosing.tariff_versions(tariffs_of.none() if book.is_plans else rows, terms, today=today),
        "xlsx",
        plans=choosing.plan_versions(
            rows if book.is_plans else plans_of.none(), terms, today=today
        ),
    )
    viewer, detail = person(request.user), {"form": "xlsx", "rows": rows.count()}
    audit("price_book.exported", viewer, actor=viewer, detail=detail)
    _note_file(request, "price book", "xlsx", detail["rows"])
    response = HttpResponse(body, content_type=sheets.EXCEL)
    name = f"{book.name}-to-bring-in.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return private(response)


def _file(request: HttpRequest, book: Book, rows: QuerySet[Any], form: str) -> HttpResponseBase:
    now, zone = clock.now(), utility().zone
    asked = book.lists.table(local_date(now, zone)).asked(request.GET)
    shape = partial(book.lists.rows, at=now, zone=zone)
    viewer = person(request.user)
    detail = {"rows": rows.count()}
    audit(f"{book.name}.export", viewer, actor=viewer, detail=detail)
    _note_file(request, book.name, form, detail["rows"])
    return sheets.answer(form, asked, rows, shape=shape, name=book.name)


def _note_file(request: HttpRequest, kind: str, form: str, count: Any) -> None:
    told = {"direction": "out", "format": form, "records": count, "outcome": "saved"}
    note(request, Event.FILE_MOVED, kind=kind, **told)


def _deed(key: str) -> Deed:
    if key not in deeds.BY_KEY:
        raise Http404
    return deeds.BY_KEY[key]
