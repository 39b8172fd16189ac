"""Changing many tariffs in the same way: asked, shown before and after, then made drafts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core import clock
from core.tables import bulk
from statements.pricing.changing.batch import drafted, proposals
from statements.pricing.changing.deed import Deed
from statements.pricing.changing.edit_form import EditForm
from statements.pricing.lists import offered, tariffs
from statements.views import change_parts as changes
from tariffs import access
from tariffs.models import Tariff

LONGEST = 2000  # letters of what changed
DEED = Deed(
    offered.EDIT,
    offered.EDIT_WORD,
    gettext_lazy("Each tariff gets a draft with the change. Nothing is in force until published."),
    lambda item, doing: "",
)


@require_http_methods(["GET", "POST"])
def tariffs_edit(request: HttpRequest) -> HttpResponse:
    """Make drafts of the chosen tariffs, changed in the same way, once it was confirmed."""
    book = changes.Book("tariffs", access.tariffs_to_change(request.user), tariffs)
    if request.method == "POST":
        return _sent(request, book)
    if "done" in request.GET:
        return changes.done_page(request, book, DEED, request.GET["done"])
    try:
        items = list(changes.picked(request, book).order_by("name"))
    except (bulk.NothingPicked, bulk.TooManyPicked) as error:
        messages.error(request, changes.why_none(error))
        return redirect(changes.back(request, book))
    initial = {**bulk.Plan([bulk.Intent(item.pk, "") for item in items]).form.initial}
    initial |= {"do": offered.EDIT, "kinds": ["energy"]}
    today = changes.doing_now(request, {}).today
    return _form_page(request, book, EditForm(initial=initial, items=items, today=today))


def _sent(request: HttpRequest, book: changes.Book) -> HttpResponse:
    basic = bulk.ConfirmForm(request.POST)
    if not basic.is_valid():
        messages.error(request, _("Choose the rows again: the form was not complete."))
        return redirect(book.back)
    keys, doing = basic.cleaned_data["rows"], changes.doing_now(request, {})
    items = list(book.rows.filter(pk__one_of=keys).order_by("name"))
    if changes.AGAIN in request.POST:
        form = EditForm(changes.asked_again(request), items=items, today=doing.today)
        return _form_page(request, book, form)
    form = EditForm(request.POST, items=items, today=doing.today)
    if not form.is_valid():
        return _form_page(request, book, form, status=422)
    if not form.cleaned_data["confirmed"]:
        return _preview_page(request, book, form, items)
    seen, summaries = _said(request, "seen", items), _said(request, "summary", items)

    def work(_keys: Sequence[int]) -> Sequence[bulk.Outcome]:
        change, by = form.change, doing.by
        return drafted(items, change, seen=seen, summaries=summaries, author=by)

    token = form.cleaned_data["token"]
    kind, now = changes.kind_of(book, DEED), clock.real_now()
    bulk.once(kind, token=token, by=doing.by.pk, keys=keys, work=work, real_now=now)
    query = {"done": token}
    return redirect(reverse("statements:price_tariffs_edit", query=query))


def _form_page(
    request: HttpRequest, book: changes.Book, form: EditForm, *, status: int = 200
) -> HttpResponse:
    rows = [bulk.Intent(item.pk, str(item)) for item in form.items]
    context = {"deed": DEED, "form": form, "rows": rows, "address": _address()}
    return changes.page(request, book, "change", context, status=status)


def _preview_page(
    request: HttpRequest, book: changes.Book, form: EditForm, items: Sequence[Tariff]
) -> HttpResponse:
    found = proposals(items, form.change)
    context = {
        "deed": DEED,
        "changing": [each for each in found if not each.why_not],
        "staying": [each for each in found if each.why_not],
        "hidden": [field.as_hidden() for field in form if field.name != "confirmed"],
        "address": _address(),
        "longest": LONGEST,
    }
    return changes.page(request, book, "edit_preview", context)


def _said(request: HttpRequest, name: str, items: Sequence[Any]) -> dict[int, str]:
    """Return what the form says of each row under a name; no database takes a NUL."""
    said = {item.pk: request.POST.get(f"{name}-{item.pk}", "") for item in items}
    return {key: text.replace("\0", "").strip()[:LONGEST] for key, text in said.items()}


def _address() -> str:
    return reverse("statements:price_tariffs_edit")
