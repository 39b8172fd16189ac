"""Consumer categories and service areas: the tree, one of them, and a file of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import person
from accounts.models import ConsumerCategory, ServiceArea
from accounts.queries import utility
from core import clock, csv_export
from core.periods import local_date
from statements.operations import served
from statements.operations.served.changing import Node
from statements.pricing.served import access, tree
from statements.served_forms import (
    AreaForm,
    CategoryForm,
    FileForm,
    MergeForm,
    MoveForm,
    NamesForm,
    columns,
)


@dataclass(frozen=True)
class Kind:
    """One of the two pages, and its words."""

    model: type[Node]
    name: str
    title: Any
    intro: Any
    add: Any
    nothing: Any
    holders: Any
    form: type[NamesForm]

    @property
    def address(self) -> str:
        return reverse(f"statements:{self.name}")

    @property
    def is_areas(self) -> bool:
        return self.model is ServiceArea

    def of(self, node: Node) -> str:
        return f"{self.address}?of={node.code}"


CATEGORIES = Kind(
    ConsumerCategory,
    "categories",
    gettext_lazy("Consumer categories"),
    gettext_lazy("Tariffs and plans say for which of these they are. Accounts have one each."),
    gettext_lazy("Add a category"),
    gettext_lazy("There is no category yet."),
    gettext_lazy("Accounts"),
    CategoryForm,
)
AREAS = Kind(
    ServiceArea,
    "areas",
    gettext_lazy("Service areas"),
    gettext_lazy("Tariffs and plans say where they hold. A place has one for each service."),
    gettext_lazy("Add an area"),
    gettext_lazy("There is no service area yet."),
    gettext_lazy("Places"),
    AreaForm,
)


@require_http_methods(["GET", "POST"])
def categories(request: HttpRequest) -> HttpResponseBase:
    """Show consumer categories, or change one as the address and the button say."""
    return _answer(request, CATEGORIES)


@require_http_methods(["GET", "POST"])
def areas(request: HttpRequest) -> HttpResponseBase:
    """Show service areas, or change one as the address and the button say."""
    return _answer(request, AREAS)


def _answer(request: HttpRequest, kind: Kind) -> HttpResponseBase:
    nodes = list(access.nodes_for(request.user, kind.model))
    code = request.GET.get("of", "")
    node = access.node_for(request.user, kind.model, code) if code else None
    if request.method == "POST":
        if not access.may_change(request.user):
            raise Http404
        deed = request.POST.get("deed", "")
        if node is None:
            return _file(request, kind) if deed == "file" else _add(request, kind, nodes)
        return DEEDS.get(deed, _rename)(request, kind, node)
    if request.GET.get("save") == "csv":
        return csv_export.attachment(_cells(kind, nodes), name=f"{kind.name}.csv")
    return _one(request, kind, node) if node else _index(request, kind, nodes)


def _index(
    request: HttpRequest,
    kind: Kind,
    nodes: list[Node],
    *,
    add: forms.Form | None = None,
    file: forms.Form | None = None,
) -> HttpResponse:
    context = {
        "kind": kind,
        "lines": tree.lines(nodes, today=_today()),
        "may_change": access.may_change(request.user),
        "add": add or kind.form(prefix="new"),
        "file": file or FileForm(prefix="file"),
        "columns": ", ".join(columns(kind.model)[:-1]),
    }
    status = 422 if add or file else 200
    return render(request, "statements/served/index.html", context, status=status)


def _add(request: HttpRequest, kind: Kind, nodes: list[Node]) -> HttpResponse:
    form = kind.form(request.POST, prefix="new")
    if form.is_valid():
        node = form.made()  # type: ignore[attr-defined]
        try:
            served.add(node, actor=person(request.user))
        except served.NotServed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%s is added.") % node)
            return redirect(kind.address)  # where the next one is added
    return _index(request, kind, nodes, add=form)


def _one(
    request: HttpRequest, kind: Kind, node: Node, *, wrong: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    deed, bound = wrong or ("", None)
    fresh: dict[str, Callable[[], forms.Form]] = {
        "rename": lambda: NamesForm(node=node, prefix="rename"),
        "move": lambda: MoveForm(node=node, prefix="move"),
        "merge": lambda: MergeForm(node=node, prefix="merge", initial={"day": _next_month()}),
    }
    context = {
        "kind": kind,
        "node": node,
        "action": kind.of(node),
        "may_change": access.may_change(request.user),
        "wrong": deed,
        **{name: bound if name == deed else make() for name, make in fresh.items()},
    }
    return render(request, "statements/served/one.html", context, status=422 if wrong else 200)


def _rename(request: HttpRequest, kind: Kind, node: Node) -> HttpResponse:
    form = NamesForm(request.POST, prefix="rename")
    if not form.is_valid():
        return _one(request, kind, node, wrong=("rename", form))
    try:
        name = form.cleaned_data["name"]
        served.rename(node, name=name, names=form.names, actor=person(request.user))
    except served.NotServed as error:
        form.add_error(None, str(error))
        return _one(request, kind, node, wrong=("rename", form))
    return _done(request, kind, node, _("It is called so from now on."))


def _move(request: HttpRequest, kind: Kind, node: Node) -> HttpResponse:
    form = MoveForm(request.POST, node=node, prefix="move")
    if form.is_valid():
        parent, actor = form.cleaned_data["parent"], person(request.user)
        try:
            served.move(node, parent, actor=actor, today=_today())
        except served.NotServed as error:
            form.add_error(None, str(error))
        else:
            return _done(request, kind, node, _("It belongs there from now on."))
    return _one(request, kind, node, wrong=("move", form))


def _merge(request: HttpRequest, kind: Kind, node: Node) -> HttpResponse:
    form = MergeForm(request.POST, node=node, prefix="merge")
    if not form.is_valid():
        return _one(request, kind, node, wrong=("merge", form))
    into, on = form.cleaned_data["into"], form.cleaned_data.get("day") or _today()
    if not request.POST.get("sure"):
        context = {"kind": kind, "node": node, "into": into, "on": on, "form": form}
        context |= {"count": served.to_move(node, on).count(), "action": kind.of(node)}
        return render(request, "statements/served/merge.html", context)
    try:
        served.merge(node, into, on=on, actor=person(request.user), today=_today())
    except served.NotServed as error:
        form.add_error(None, str(error))
        return _one(request, kind, node, wrong=("merge", form))
    words = {"one": node, "other": into}
    return _done(request, kind, into, _("%(one)s is part of %(other)s.") % words)


def _retire(request: HttpRequest, kind: Kind, node: Node) -> HttpResponse:
    return _switched(request, kind, node, served.retire)


def _offer(request: HttpRequest, kind: Kind, node: Node) -> HttpResponse:
    return _switched(request, kind, node, served.offer)


def _switched(
    request: HttpRequest, kind: Kind, node: Node, switch: Callable[..., None]
) -> HttpResponse:
    try:
        switch(node, actor=person(request.user))
    except served.NotServed as error:
        messages.error(request, str(error))
        return redirect(kind.of(node))
    is_offered = switch is served.offer
    said = _("It is offered again.") if is_offered else _("It is not offered any more.")
    return _done(request, kind, node, said)


def _file(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Show what a file would come to; sure of it, bring it in."""
    form = FileForm(request.POST, request.FILES, prefix="file")
    if not form.is_valid():
        nodes = list(access.nodes_for(request.user, kind.model))
        return _index(request, kind, nodes, file=form)
    sure, actor = bool(request.POST.get("sure")), person(request.user)
    outcomes = served.bring_in(kind.model, form.cleaned_data["rows"], actor=actor, really=sure)
    is_wrong = any(each.wrong for each in outcomes)
    if sure and not is_wrong:
        messages.success(request, _("The file is brought in."))
        return redirect(kind.address)
    again = FileForm(prefix="file", initial={"text": form.cleaned_data["text"]})
    context = {"kind": kind, "outcomes": outcomes, "is_wrong": is_wrong, "form": again}
    status = 422 if is_wrong else 200
    return render(request, "statements/served/file.html", context, status=status)


DEEDS: dict[str, Callable[[HttpRequest, Kind, Node], HttpResponse]] = {
    "rename": _rename,
    "move": _move,
    "merge": _merge,
    "retire": _retire,
    "offer": _offer,
}


def _done(request: HttpRequest, kind: Kind, node: Node, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect(kind.of(node))


def _cells(kind: Kind, nodes: list[Node]) -> Iterator[list[str]]:
    names = columns(kind.model)
    yield list(names)
    for node in sorted(nodes, key=lambda each: (each.parent_id is not None, each.code)):
        told = {
            "code": node.code,
            "name": node.name,
            "service": getattr(node, "commodity", ""),
            "parent": node.parent.code if node.parent else "",
            "offered": "yes" if node.is_offered else "no",
            **{f"name {code}": text for code, text in node.names.items()},
        }
        yield [told.get(name, "") for name in names]


def _today() -> date:
    return local_date(clock.now(), utility().zone)


def _next_month() -> date:
    return (_today().replace(day=1) + timedelta(days=32)).replace(day=1)
