"""A step whose answers are held against the checks of the whole tariff so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.forms import CharField, ChoiceField, HiddenInput, MultipleChoiceField, TextInput

from core.wizard import RowsForm, Typed
from tariffs import authoring
from tariffs.authoring import Check, Level
from tariffs.wizard import typed, typed_charges, words

LONGEST = 200


class StepForm(RowsForm):
    """Its clean values are what was typed, so that the steps after it see the same.

    :param before: what was typed in the steps before, by step
    :param about: what the wizard noted when it began
    """

    step: str  # in the address
    checks: tuple[authoring.Step, ...] = ()  # whose errors stop here
    passing: tuple[str, ...] = ()  # codes of checks that are said but do not stop

    def __init__(
        self,
        data: Any = None,
        *,
        before: Mapping[str, Typed],
        about: Mapping[str, Any],
        **options: Any,
    ) -> None:
        self.before, self.about = before, about
        super().__init__(data, **options)
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    def typed(self) -> dict[str, str | list[str]]:
        """Return what was typed, as it was sent or kept."""
        return {name: self._typed(name) for name in self.fields}

    def place(self, where: str) -> str | None:
        """Return the field that a check is about; None: the form as a whole."""
        return where

    def clean(self) -> dict[str, Any]:
        found = self.typed()
        state = typed.state_of({**self.before, self.step: found}, self.about)
        for check in words.grouped(authoring.checks(state)):
            if check.step in self.checks and check.level is Level.ERROR:
                self._refuse(check)
        return found

    def _refuse(self, check: Check) -> None:
        if check.code in self.passing:
            return
        name = self.place(check.field)
        if name in self.errors:  # one thing to mend at a time
            return
        places = typed_charges.places(self.typed())
        self.add_error(name if name in self.fields else None, words.with_row(check, places))

    def _typed(self, name: str) -> str | list[str]:
        if isinstance(self.fields[name], MultipleChoiceField):
            several = getattr(self.source, "getlist", self.source.get)(name) or []
            values = [several] if isinstance(several, str) else several
            return [value.replace("\0", "") for value in values]
        if name.endswith("-count"):
            return str(self.counts[name.removesuffix("-count")])
        value = self.source.get(name, "")
        return value.replace("\0", "").strip() if isinstance(value, str) else ""


def number(label: Any, **options: Any) -> CharField:
    """Return a field for a number, kept as it is entered."""
    widget = TextInput({"inputmode": "decimal", "size": 10, "autocomplete": "off"})
    options = {"required": False, "max_length": 40, "widget": widget, **options}
    return CharField(label=label, **options)


def text(label: Any, **options: Any) -> CharField:
    return CharField(label=label, **{"required": False, "max_length": LONGEST, **options})


def hidden() -> CharField:
    return CharField(required=False, widget=HiddenInput, max_length=LONGEST)


def choice(label: Any, choices: Iterable[tuple[str, Any]], **options: Any) -> ChoiceField:
    return ChoiceField(label=label, choices=list(choices), **{"required": False, **options})
