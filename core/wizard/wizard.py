"""The steps of a wizard, and how far somebody has come in them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.forms import Form
from django.utils.functional import Promise

from core.wizard.draft import Draft, Store

Words = str | Promise
Answered = Mapping[str, Mapping[str, Any]]  # by step: its clean values


class Refused(Exception):
    """The work cannot be done as answered; the message says why, and nothing was changed."""


class MakeForm(Protocol):
    """Makes the form of a step from what the steps before it were answered."""

    def __call__(self, answered: Answered, **options: Any) -> Form: ...


@dataclass(frozen=True)
class Step:
    """One page: its place in the address, its word in the list, its question, its form."""

    key: str
    word: Words
    question: Words
    form: MakeForm
    about: Words = ""
    template: str = "components/wizard.html"  # or one that extends it
    part: str = ""  # template of what is renewed while one types; empty: nothing is


@dataclass(frozen=True)
class Fact:
    """One answer on the page that shows them all, and the step that changes it."""

    step: str
    word: Words
    value: object


@dataclass(frozen=True)
class Progress:
    """How far the answers go: the steps whose answers hold, and the first that is open."""

    answered: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    open_step: str | None = None


class Wizard(ABC):
    """One piece of work in steps; a subclass says which, and does it at the end."""

    submit: Words  # names the act, on the last button
    warning: Words = ""  # what the act cannot take back
    check_template = "components/wizard_check.html"

    def __init__(self, store: Store) -> None:
        self.store = store

    @property
    @abstractmethod
    def title(self) -> Words:
        """What is done, and to what; on every page."""

    @property
    @abstractmethod
    def steps(self) -> Sequence[Step]:
        """The steps in order."""

    @abstractmethod
    def address(self, key: str = "") -> str:
        """Return the address of a step, of "check", or of the beginning."""

    def begun(self) -> Draft:
        """Return the draft of a go in which nothing was typed yet; it may hold answers."""
        return Draft()

    def closing(self, answered: Answered, **options: Any) -> Form | None:
        """Return what is asked on the page that shows all answers; its values come to `finish`."""
        return None

    def onward(self, key: str, draft: Draft) -> str:
        """Return the step after one when all answers hold; empty: the page that shows them."""
        return ""

    def leads(self, key: str, act: str) -> str:
        """Return where a button of a step leads once what is typed is kept; empty: back to it."""
        return ""

    def beside(self, key: str, draft: Draft) -> dict[str, Any]:
        """Return what a page shows beside its question, by the name in its template."""
        return {}

    @property
    def beginning(self) -> str:
        """The address that begins anew when something is sent to it."""
        return self.address()

    @property
    @abstractmethod
    def leave(self) -> str:
        """The address that one leaves to."""

    @property
    @abstractmethod
    def outcome(self) -> str:
        """The address that tells what was done."""

    @abstractmethod
    def facts(self, answered: Answered) -> Sequence[Fact]:
        """Return all answers as they are shown before the end."""

    @abstractmethod
    def finish(self, answered: Answered) -> dict[str, Any]:
        """Do the work and return what its outcome page needs, as plain values.

        :param answered: with what was asked on the last page under "check"
        :raises Refused: if it cannot be done
        """

    def step(self, key: str) -> Step | None:
        return next((step for step in self.steps if step.key == key), None)

    def before(self, key: str) -> str | None:
        """Return the step before another, or before the page that shows all answers."""
        keys = [step.key for step in self.steps]
        place = keys.index(key) if key in keys else len(keys)
        return keys[place - 1] if place else None

    def progress(self, draft: Draft) -> Progress:
        """Go through the answers until one is missing or does not hold any more."""
        answered: dict[str, Mapping[str, Any]] = {}
        for step in self.steps:
            typed = draft.typed.get(step.key)
            if typed is None:
                return Progress(answered, step.key)
            form = step.form(answered, data=typed)
            if not form.is_valid():
                return Progress(answered, step.key)
            answered[step.key] = form.cleaned_data
        return Progress(answered)
