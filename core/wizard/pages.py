"""The pages of every wizard: plain forms, one thing a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form, MultipleChoiceField
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.pages import wants_part
from core.wizard.draft import Draft, TooLong, Typed, save
from core.wizard.wizard import Answered, Progress, Refused, Step, Wizard, Words

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
    draft = _load(wizard)
    if request.method == "POST" or draft.done:
        wizard.store.forget()
        draft = wizard.begun()
    return redirect(wizard.address(wizard.progress(draft).open_step or CHECK))


def step(request: HttpRequest, wizard: Wizard, key: str) -> HttpResponse:
    """Show a step, or take its answer; what was typed is kept even where it is wrong.

    Further buttons, named `act`, keep what is typed as the form's method `edited` changes it,
    without holding it to be an answer.

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


def _load(wizard: Wizard) -> Draft:
    kept = wizard.store.read()
    return Draft(**kept) if kept else wizard.begun()


def _current(wizard: Wizard) -> Draft:
    """Return the draft that is open; one that was finished counts as none."""
    draft = _load(wizard)
    return wizard.begun() if draft.done else draft


def _take(request: HttpRequest, wizard: Wizard, asked: Step) -> HttpResponse:
    draft = _current(wizard)
    progress = wizard.progress(draft)
    if not _can_open(wizard, asked.key, progress):
        messages.warning(request, _("An earlier answer is needed first."))
        return redirect(wizard.address(progress.open_step or ""))
    form = asked.form(progress.answered, data=request.POST)
    typed = _typed(form, request.POST)
    if _another_was_here(request, draft, asked.key, typed):
        return _page(request, wizard, asked, draft, progress, form, is_stale=True)
    if act := request.POST.get("act", ""):
        return _keep(request, wizard, asked, draft, _edited(form, act, typed))
    is_right = form.is_valid()
    draft.answer(asked.key, typed)
    try:
        save(wizard.store, draft)
    except TooLong:
        form.add_error(None, _("This is too long to be kept."))
        return _page(request, wizard, asked, _current(wizard), progress, form)
    if not is_right:
        return _page(request, wizard, asked, draft, wizard.progress(draft), form)
    onward = wizard.progress(draft).open_step or wizard.onward(asked.key, draft) or CHECK
    return redirect(wizard.address(onward))


def _typed(form: Form, sent: QueryDict) -> dict[str, str | list[str]]:
    """Return what was sent for the fields of a form, all of it where a field takes several.

    PostgreSQL takes no NUL as a name or a code to look for: it is left out.
    """
    return {
        name: [_clean(each) for each in sent.getlist(name)]
        if isinstance(field, MultipleChoiceField)
        else _clean(sent.get(name, ""))
        for name, field in form.fields.items()
    }


def _clean(text: str) -> str:
    return text.replace("\0", "")


def _edited(form: Form, act: str, typed: Typed) -> Typed:
    edited = getattr(form, "edited", None)
    found: Typed = edited(act, typed) if edited else typed
    return found


def _keep(
    request: HttpRequest, wizard: Wizard, asked: Step, draft: Draft, typed: Typed
) -> HttpResponse:
    """Keep what is being typed, and show the page again, or the part of it that is renewed."""
    draft.keep(asked.key, typed)
    try:
        save(wizard.store, draft)
    except TooLong:
        messages.error(request, _("This is too long to be kept."))
    if address := wizard.leads(asked.key, request.POST.get("act", "")):
        return redirect(address)
    if not (asked.part and wants_part(request)):
        return redirect(wizard.address(asked.key))
    context = {"wizard": wizard, "step": asked, "is_kept": True}
    return _answer(request, asked.part, context | wizard.beside(asked.key, draft), 200)


def _another_was_here(request: HttpRequest, draft: Draft, key: str, typed: Typed) -> bool:
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
        progress = wizard.progress(draft)
        asks = None
        if not progress.open_step:
            asks = wizard.closing(progress.answered, data=request.POST)
        return _check_page(request, wizard, draft, progress, refused=str(error), asks=asks)


def _finish_once(request: HttpRequest, wizard: Wizard) -> HttpResponse:
    draft, seen = _load(wizard), request.POST.get("seen", "")
    if draft.done:
        if not draft.is_same_go(seen):
            messages.info(request, _("This was finished already, in another window."))
        return redirect(wizard.outcome)
    progress = wizard.progress(draft)
    if progress.open_step:
        messages.warning(request, _("An answer is missing, or does not hold any more."))
        return redirect(wizard.address(progress.open_step))
    asks = wizard.closing(progress.answered, data=request.POST)
    if seen != draft.seen_whole:
        return _check_page(request, wizard, draft, progress, is_stale=True, asks=asks)
    answered: Answered = progress.answered
    if asks is not None:
        if not asks.is_valid():
            return _check_page(request, wizard, draft, progress, asks=asks)
        answered = {**answered, CHECK: asks.cleaned_data}
    draft.done = wizard.finish(answered)
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
        "is_begun": bool(draft.revision),
        "is_stale": is_stale,
        "others": _others(form, draft.typed.get(asked.key, {})) if is_stale else (),
        **wizard.beside(asked.key, draft),
    }
    status = 422 if is_stale or (form.is_bound and form.errors) else 200
    return _answer(request, asked.template, context, status)


def _others(form: Form, typed: Typed) -> list[tuple[object, str]]:
    """Return what the other window answered, field by field."""
    shown = [name for name, field in form.fields.items() if not field.widget.is_hidden]
    return [(form[name].label, _said(typed[name])) for name in shown if typed.get(name)]


def _said(typed: str | list[str]) -> str:
    return typed if isinstance(typed, str) else ", ".join(typed)


def _check_page(
    request: HttpRequest,
    wizard: Wizard,
    draft: Draft,
    progress: Progress,
    *,
    is_stale: bool = False,
    refused: str = "",
    asks: Form | None = None,
) -> HttpResponse:
    if progress.open_step:  # what was refused does not hold any more
        messages.error(request, refused)
        return redirect(wizard.address(progress.open_step))
    before = wizard.before(CHECK)
    if asks is None:
        asks = wizard.closing(progress.answered)
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
        "form": asks,
        **wizard.beside(CHECK, draft),
    }
    is_wrong = asks is not None and asks.is_bound and not asks.is_valid()
    status = 422 if is_stale or refused or is_wrong else 200
    return _answer(request, wizard.check_template, context, status)


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
