"""What the pages that change tariffs or plans share: rows, moment, person, answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import person
from accounts.queries import utility
from core import clock, formats
from core.periods import local_date
from core.tables import bulk
from statements.pricing.changing.deed import Deed, Doing
from statements.pricing.lists import offered
from statements.pricing.lists.shown import with_shown

AGAIN = "again"  # the button that leads back to the questions


@dataclass(frozen=True)
class Book:
    """One of the two lists: its rows, its addresses and its words."""

    name: str  # tariffs or plans
    rows: QuerySet[Any]
    lists: Any  # module of the list

    @property
    def is_plans(self) -> bool:
        return self.name == "plans"

    @property
    def address(self) -> str:
        return reverse(f"statements:price_{self.name}_change")

    @property
    def back(self) -> str:
        return reverse(f"statements:price_{self.name}")


def picked(request: HttpRequest, book: Book) -> QuerySet[Any]:
    """Return the rows that the list picked, or those of the codes that another page names."""
    doing = doing_now(request, {})
    rows, said = with_shown(book.rows, doing.today), request.GET
    if bulk.WHICH in said:
        asked = book.lists.table(doing.today).asked(said)
        return bulk.picked(asked, asked.narrow(rows), most=offered.MOST)
    names = said.getlist(bulk.ROW)[: offered.MOST]
    found = rows.filter(code__in=names)
    if not found.exists():
        found = rows.filter(pk__one_of=bulk.numbers(names))
    if not found.exists():
        raise bulk.NothingPicked
    return found


def doing_now(request: HttpRequest, said: dict[str, Any]) -> Doing:
    now = clock.now()
    return Doing(person(request.user), now, local_date(now, utility().zone), said)


def asked_again(request: HttpRequest) -> QueryDict:
    """Return what was answered, to be changed and confirmed anew."""
    said = request.POST.copy()
    for name in (AGAIN, "confirmed"):
        said.pop(name, None)
    return said


def kind_of(book: Book, deed: Deed) -> str:
    return f"{book.name}.{deed.key}"


def page(
    request: HttpRequest, book: Book, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    response = render(
        request,
        f"statements/prices/{name}.html",
        {**context, "book": book, "back": back(request, book)},
        status=status,
    )
    response["Cache-Control"] = "private, no-store"
    return response


def done_page(request: HttpRequest, book: Book, deed: Deed, token: str) -> HttpResponse:
    try:
        known = UUID(token)
    except ValueError as error:
        raise Http404 from error
    outcomes = bulk.outcomes(kind_of(book, deed), token=known, by=person(request.user).pk)
    context = {"deed": deed, "outcomes": outcomes, "done": sum(each.is_done for each in outcomes)}
    return page(request, book, "change_done", context)


def back(request: HttpRequest, book: Book) -> str:
    kept = request.GET.copy()
    for name in ("which", "row", "shown", "do", "done"):
        kept.pop(name, None)
    return f"{book.back}?{kept.urlencode()}" if kept else book.back


def why_none(error: Exception) -> str:
    if isinstance(error, bulk.TooManyPicked):
        words = _("More than %(most)s rows match: narrow the list first.")
        return words % {"most": formats.number(error.most)}
    return _("Tick the rows first.")
