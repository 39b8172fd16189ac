"""The pages of every wizard: plain forms, one thing a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.wizard.draft import Draft, TooLong, load, save
from core.wizard.wizard import Progress, Refused, Step, Wizard, Words

CHECK = "check"


@dataclass(frozen=True)
class Mark:
    """A step in the list of steps; only those that can be opened have an address."""

    word: Words
    address: str
    is_done: bool
    is_here: bool


def start(request: HttpRequest, wizard: Wizard) -> HttpResponse:
    """Go on where this person was; a POST begins anew and forgets the answers."""
    draft = load(wizard.store)
    if request.method == "POST" or draft.done:
        wizard.store.forget()
        draft = Draft()
    return redirect(wizard.address(wizard.progress(draft).open_step or CHECK))


def step(request: HttpRequest, wizard: Wizard, key: str) -> HttpResponse:
    """Show a step, or take its answer; what was typed is kept even where it is wrong.

    :raises Http404: if the wizard has no such step
    """
    asked = wizard.step(key)
    if asked is None:
        raise Http404
    if request.method == "POST":
        with wizard.store.alone():
            return _take(request, wizard, asked)
    draft = _current(wizard)
    progress = wizard.progress(draft)
    if not _can_open(wizard, key, progress):
        return redirect(wizard.address(progress.open_step or ""))
    form = asked.form(progress.answered, initial=draft.typed.get(key))
    return _page(request, wizard, asked, draft, progress, form)


def check(request: HttpRequest, wizard: Wizard) -> HttpResponse:
    """Show all answers, and do the work when they are sent: once, however often they are."""
    if request.method == "POST":
        return _finish(request, wizard)
    draft = _current(wizard)
    progress = wizard.progress(draft)
    if progress.open_step:
        return redirect(wizard.address(progress.open_step))
    return _check_page(request, wizard, draft, progress)


def _current(wizard: Wizard) -> Draft:
    """Return the draft that is open; one that was finished counts as none."""
    draft = load(wizard.store)
    return Draft() if draft.done else draft


def _take(request: HttpRequest, wizard: Wizard, asked: Step) -> HttpResponse:
    draft = _current(wizard)
    progress = wizard.progress(draft)
    if not _can_open(wizard, asked.key, progress):
        messages.warning(request, _("An earlier answer is needed first."))
        return redirect(wizard.address(progress.open_step or ""))
    form = asked.form(progress.answered, data=request.POST)
    typed = {name: request.POST.get(name, "") for name in form.fields}
    if _another_was_here(request, draft, asked.key, typed):
        return _page(request, wizard, asked, draft, progress, form, is_stale=True)
    is_right = form.is_valid()
    draft.answer(asked.key, typed)
    try:
        save(wizard.store, draft)
    except TooLong:
        if is_right:
            raise
        return _page(request, wizard, asked, _current(wizard), progress, form)
    if not is_right:
        return _page(request, wizard, asked, draft, wizard.progress(draft), form)
    return redirect(wizard.address(wizard.progress(draft).open_step or CHECK))


def _another_was_here(request: HttpRequest, draft: Draft, key: str, typed: dict[str, str]) -> bool:
    """Tell whether another window answered this step, or began anew, since the page was made."""
    seen = request.POST.get("seen", "")
    is_alike = draft.typed.get(key, typed) == typed
    if draft.is_same_go(seen):
        return seen != draft.seen(key) and not is_alike
    is_first = not draft.token and seen.startswith(".")
    return not is_first and not (is_alike and bool(draft.typed.get(key)))


def _can_open(wizard: Wizard, key: str, progress: Progress) -> bool:
    return key in progress.answered or key == progress.open_step


def _finish(request: HttpRequest, wizard: Wizard) -> HttpResponse:
    try:
        with wizard.store.alone():
            return _finish_once(request, wizard)
    except Refused as error:
        draft = _current(wizard)
        return _check_page(request, wizard, draft, wizard.progress(draft), refused=str(error))


def _finish_once(request: HttpRequest, wizard: Wizard) -> HttpResponse:
    draft, seen = load(wizard.store), request.POST.get("seen", "")
    if draft.done:
        if not draft.is_same_go(seen):
            messages.info(request, _("This was finished already, in another window."))
        return redirect(wizard.outcome)
    progress = wizard.progress(draft)
    if progress.open_step:
        messages.warning(request, _("An answer is missing, or does not hold any more."))
        return redirect(wizard.address(progress.open_step))
    if seen != draft.seen_whole:
        return _check_page(request, wizard, draft, progress, is_stale=True)
    draft.done = wizard.finish(progress.answered)
    save(wizard.store, draft)
    return redirect(wizard.outcome)


def _page(
    request: HttpRequest,
    wizard: Wizard,
    asked: Step,
    draft: Draft,
    progress: Progress,
    form: Form,
    *,
    is_stale: bool = False,
) -> HttpResponse:
    before = wizard.before(asked.key)
    context = {
        "wizard": wizard,
        "step": asked,
        "form": form,
        "marks": _marks(wizard, progress, asked.key),
        "seen": draft.seen(asked.key),
        "back": wizard.address(before) if before else wizard.leave,
        "is_begun": bool(draft.token),
        "is_stale": is_stale,
        "others": _others(form, draft.typed.get(asked.key, {})) if is_stale else (),
    }
    status = 422 if is_stale or (form.is_bound and form.errors) else 200
    return _answer(request, "components/wizard.html", context, status)


def _others(form: Form, typed: dict[str, str]) -> list[tuple[object, str]]:
    """Return what the other window answered, field by field."""
    shown = [name for name, field in form.fields.items() if not field.widget.is_hidden]
    return [(form[name].label, typed[name]) for name in shown if typed.get(name)]


def _check_page(
    request: HttpRequest,
    wizard: Wizard,
    draft: Draft,
    progress: Progress,
    *,
    is_stale: bool = False,
    refused: str = "",
) -> HttpResponse:
    if progress.open_step:  # what was refused does not hold any more
        messages.error(request, refused)
        return redirect(wizard.address(progress.open_step))
    before = wizard.before(CHECK)
    context = {
        "wizard": wizard,
        "facts": [
            (fact, wizard.address(fact.step) if fact.step else "")
            for fact in wizard.facts(progress.answered)
        ],
        "marks": _marks(wizard, progress, CHECK),
        "seen": draft.seen_whole,
        "back": wizard.address(before) if before else wizard.leave,
        "is_stale": is_stale,
        "refused": refused,
    }
    status = 422 if is_stale or refused else 200
    return _answer(request, "components/wizard_check.html", context, status)


def _marks(wizard: Wizard, progress: Progress, here: str) -> Sequence[Mark]:
    marks = [
        Mark(
            each.word,
            wizard.address(each.key) if _can_open(wizard, each.key, progress) else "",
            each.key in progress.answered,
            each.key == here,
        )
        for each in wizard.steps
    ]
    last = wizard.address(CHECK) if progress.open_step is None else ""
    return [*marks, Mark(_("Check"), last, False, here == CHECK)]


def _answer(
    request: HttpRequest, template: str, context: dict[str, Any], status: int
) -> HttpResponse:
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
