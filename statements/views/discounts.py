"""Discount policies: the list, one of them with what is decided about it, and a new one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import person
from accounts.doors.step_up import step_up_to_send
from accounts.models import User
from accounts.operations import audit
from accounts.page_events import Event, note
from accounts.queries import utility
from core import clock
from core.periods import local_date
from statements.discount_forms import DiscountFileForm, DiscountForm, EndForm
from statements.forms import NoteForm, ReasonForm
from statements.operations.publish import billed_until
from statements.pricing.detail import deciding
from statements.pricing.discounts import Policy, policies
from statements.pricing.lists.narrowing import categories
from tariffs import access, operations
from tariffs.engine import TariffError
from tariffs.models import IN_FORCE, TariffVersion, VersionState
from tariffs.plans import discount as discounts_format

END, DISCARD = "end", "discard"
Named = DiscountForm | DiscountFileForm
Deed = tuple[str, forms.Form]


@dataclass(frozen=True)
class Wrong:
    """A deed that was not done: its form, or why."""

    deed: str
    form: forms.Form


@require_GET
def discounts(request: HttpRequest) -> HttpResponse:
    """List the discount policies in the order in which they are taken."""
    found = policies(access.discounts_for(request.user), now=clock.now(), today=_today())
    context = {"policies": found, "may_change": access.may_change(request.user)}
    return _answer(render(request, "statements/prices/discounts.html", context))


@require_http_methods(["GET", "POST"])
def discount_new(request: HttpRequest) -> HttpResponse:
    """Write a policy by a form or a file; `from` fills the form with one that is there."""
    access.tariffs_to_change(request.user)
    if request.method != "POST":
        return _new_page(request, _form(request), DiscountFileForm())
    if "upload" in request.POST:
        file = DiscountFileForm(request.POST, request.FILES)
        if file.is_valid() and (made := _made(request, file, [file.cleaned_data["file"]])):
            return redirect("statements:discount", made.tariff.code)
        return _new_page(request, _form(request), file, status=422)
    form = _form(request, request.POST)
    if form.is_valid() and (made := _made(request, form, form.policies(utility().currency))):
        return redirect("statements:discount", made.tariff.code)
    return _new_page(request, form, DiscountFileForm(), status=422)


@require_http_methods(["GET", "POST"])
@step_up_to_send
def discount(request: HttpRequest, code: str) -> HttpResponse:
    """Show a policy with its versions, save it, and take what is decided about it."""
    tariff = access.discount_for(request.user, code)
    only = access.discounts_for(request.user).filter(pk=tariff.pk)
    found = policies(only, now=clock.now(), today=_today())
    if not found:
        raise Http404
    if request.method == "POST":
        access.tariffs_to_change(request.user)
        return _decided(request, found[0])
    if "save" in request.GET:
        return _saved(request, found[0])
    return _page(request, found[0])


def _made(request: HttpRequest, form: Named, written: list[Any]) -> TariffVersion | None:
    """Store the policies as drafts, all or none; what is refused is said in the form."""
    try:
        with transaction.atomic():
            made = [
                operations.import_discount(each, author=person(request.user)) for each in written
            ]
    except (TariffError, operations.NotImportable) as error:
        form.refuse(error)
        return None
    for each in made:
        service = each.tariff.commodity
        note(request, Event.TARIFF_CREATED, kind="discount", service=service, way=_way(form))
    messages.success(request, _("The draft is written. Nothing is in force yet."))
    return made[0]


def _way(form: Named) -> str:
    return "file" if isinstance(form, DiscountFileForm) else "form"


def _decided(request: HttpRequest, policy: Policy) -> HttpResponse:
    deed = request.POST.get("deed", "")
    if deed not in (END, DISCARD, *deciding.DEEDS):
        return _page(request, policy, status=422)
    version = _version(policy, request.POST.get("version", ""))
    form = _deed_form(deed, request.POST)
    if not form.is_valid():
        return _page(request, policy, Wrong(deed, form))
    before = version.state
    try:
        messages.success(request, _done(request, deed, version, form.cleaned_data))
    except (deciding.Refused, operations.NotPossible, operations.AlreadyBilled) as error:
        form.add_error(None, str(error))
        return _page(request, policy, Wrong(deed, form))
    reason = form.cleaned_data.get("reason", "")
    note(request, Event.STATUS_CHANGED, kind="discount", before=before, after=deed, reason=reason)
    if deed == DISCARD and len(policy.versions) == 1:
        return redirect("statements:discounts")
    return redirect("statements:discount", policy.tariff.code)


def _done(request: HttpRequest, deed: str, version: TariffVersion, said: dict[str, Any]) -> str:
    actor, now, today = person(request.user), clock.now(), _today()
    if deed == DISCARD:
        operations.discard(version, actor=actor)
        return _("The draft is thrown away.")
    if deed == END:
        operations.schedule_end(
            version,
            said["last_day"] + timedelta(days=1),
            actor=actor,
            at=now,
            today=today,
            reason=said["reason"],
            billed_until=billed_until(version.tariff),
        )
        return _("Its end is set.")
    words = said.get("reason") or said.get("note", "")
    return deciding.decide(deed, deciding.Deciding(version, actor, words, now, today))


def _version(policy: Policy, number: str) -> TariffVersion:
    for each in policy.versions:
        if str(each.version.number) == number:
            return each.version
    raise Http404


def _deeds(policy: Policy, person: User, wrong: Wrong | None) -> list[tuple[Any, list[Deed]]]:
    """Return the versions with which something may be done, each with the forms of its deeds."""
    today, found = _today(), []
    for each in policy.versions:
        version = each.version
        named = deciding.possible(version, person, today)
        named += [DISCARD] if version.state == VersionState.DRAFT else []
        is_running = version.state in IN_FORCE and version.starts_on <= today
        if is_running and (version.ends_on is None or version.ends_on > today):
            named.append(END)
        chosen = [
            (deed, wrong.form if wrong and wrong.deed == deed else _deed_form(deed))
            for deed in named
        ]
        found += [(each, chosen)] if chosen else []
    return found


def _deed_form(deed: str, said: Any = None) -> forms.Form:
    if deed == END:
        return EndForm(said, auto_id=f"{deed}_%s")
    if deed in deciding.WITH_REASON:
        return ReasonForm(said, auto_id=f"{deed}_%s")
    if deed == DISCARD:
        return forms.Form(said)
    return NoteForm(said, auto_id=f"{deed}_%s")


def _page(
    request: HttpRequest, policy: Policy, wrong: Wrong | None = None, *, status: int = 200
) -> HttpResponse:
    may_change = access.may_change(request.user)
    context = {
        "policy": policy,
        "deeds": _deeds(policy, person(request.user), wrong) if may_change else [],
        "may_change": may_change,
        "wrong": wrong.form if wrong else None,
        "events": policy.tariff.events.select_related("actor").order_by("-happened_at", "-pk"),
        "zone": utility().zone,
    }
    status = 422 if wrong else status
    return _answer(render(request, "statements/prices/discount.html", context, status=status))


def _saved(request: HttpRequest, policy: Policy) -> HttpResponse:
    tariff, version = policy.tariff, policy.shown.version
    found = discounts_format.written(
        version.definition, stacking=tariff.stacking, position=tariff.position
    )
    body = json.dumps(found, indent=2, ensure_ascii=False)
    actor = person(request.user)
    audit("discount.exported", version, actor=actor)
    note(
        request,
        Event.FILE_MOVED,
        direction="out",
        format="json",
        records=1,
        outcome="saved",
        kind="discount",
    )
    response = HttpResponse(f"{body}\n", content_type="application/json")
    name = content_disposition_header(True, f"{tariff.code}.json") or ""
    response["Content-Disposition"] = name
    return _answer(response)


def _form(request: HttpRequest, said: Any = None) -> DiscountForm:
    return DiscountForm(
        said,
        categories=categories(),
        today=_today(),
        initial=_initial(request, request.GET.get("from", "")),
    )


def _initial(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return what a new version of a policy begins with: what its newest one says."""
    if not code:
        return {}
    tariff = access.discount_for(request.user, code)
    newest = max(tariff.versions.all(), key=lambda version: version.number, default=None)
    if newest is None:
        return {}
    stacking, position = tariff.stacking, tariff.position
    said = discounts_format.written(newest.definition, stacking=stacking, position=position)
    same = ("code", "name", "percent", "stacking", "position", "description")
    found = {name: said[name] for name in same if name in said}
    found |= {"services": [said["commodity"]], "change_summary": ""}
    found |= {"of": said["of"]} if "of" in said else {}
    return found | _conditions(said["conditions"])


def _conditions(names: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"special_need": "special-need" in names}
    others = []
    for name in names:
        kind, _colon, rest = name.partition(":")
        field = {"category": "category", "customer": "customers"}.get(kind, "")
        if field and field not in found:
            found[field] = rest
        elif name != "special-need":
            others.append(name)
    return found | {"conditions": ", ".join(others)}


def _new_page(
    request: HttpRequest, form: DiscountForm, file: DiscountFileForm, status: int = 200
) -> HttpResponse:
    context = {"form": form, "file": file, "is_wrong": status != 200}
    return _answer(render(request, "statements/prices/discount_new.html", context, status=status))


def _answer(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response


def _today() -> date:
    return local_date(clock.now(), utility().zone)
