"""People who work here: the list, one of them, and the access review."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import person
from accounts.doors.step_up import step_up_required
from accounts.operations import audit
from accounts.people import access, rows
from core.csv_export import attachment


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a page about people: no proxy or browser keeps a copy."""
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    people = access.people(request.user)
    listed = rows.rows(people, viewer=person(request.user))
    context = {
        "rows": listed,
        "changes": rows.changes(access.waiting_changes(), [row.person for row in listed]),
        "invitations": list(access.invitations(request.user)),
        "may_change": access.may_change_people(request.user),
    }
    return page(request, "people/index.html", context)


@require_GET
def detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    shown = access.person(request.user, uid)
    context = {
        "view": rows.person_page(access.same(shown), shown, viewer=person(request.user)),
        "may_change": access.may_change_people(request.user),
    }
    return page(request, "people/person.html", context)


@step_up_required
@require_GET
def review(request: HttpRequest) -> HttpResponseBase:
    """Save the access review, for the person who goes through it line by line."""
    people, viewer = access.people(request.user), person(request.user)
    audit("people.export", viewer, actor=viewer, detail={"rows": people.count()})
    return attachment(rows.review(people), name="access-review.csv")
