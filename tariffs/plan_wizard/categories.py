"""Step 2: who may have the plan; sub-categories stand under each category."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from tariffs.authoring import PlanForm
from tariffs.authoring.found import PlanStep
from tariffs.plan_wizard.stepping import StepForm


@dataclass(frozen=True)
class Group:
    """A category as the page shows it; one without sub-categories stands alone."""

    main: BoundField
    subs: BoundField | None


class CategoriesForm(StepForm):
    """A box for each category, and its sub-categories below."""

    step = PlanStep.CATEGORIES

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for main, subs in self.around.tree.items():
            word = self.around.words[main]
            self.fields[f"main-{main}"] = forms.BooleanField(label=word, required=False)
            if subs:
                self.fields[f"subs-{main}"] = forms.MultipleChoiceField(
                    label=_("Sub-categories of %(category)s") % {"category": word},
                    choices=[(code, self.around.words[code]) for code in subs],
                    widget=forms.CheckboxSelectMultiple,
                    required=False,
                )

    @property
    def groups(self) -> Iterator[Group]:
        for main, subs in self.around.tree.items():
            yield Group(self[f"main-{main}"], self[f"subs-{main}"] if subs else None)

    def made(self, values: Mapping[str, Any]) -> PlanForm:
        found: list[str] = []
        for main, subs in self.around.tree.items():
            if values.get(f"main-{main}"):
                found += values.get(f"subs-{main}", []) if subs else [main]
        return replace(self.before, categories=tuple(found))

    def clean(self) -> dict[str, Any]:
        for main in self._without_subs():
            word = {"category": self.around.words[main]}
            self.add_error(f"subs-{main}", _("Choose at least one of %(category)s.") % word)
        if self.errors:
            return self.cleaned_data
        return super().clean()

    def _without_subs(self) -> list[str]:
        values = self.cleaned_data
        return [
            main
            for main, subs in self.around.tree.items()
            if subs and values.get(f"main-{main}") and not values.get(f"subs-{main}")
        ]


def typed(codes: Sequence[str], tree: Mapping[str, Sequence[str]]) -> dict[str, str | list[str]]:
    """Return the fields that make these categories; a main one stands for all below it."""
    found: dict[str, str | list[str]] = {}
    for main, subs in tree.items():
        chosen = [code for code in subs if code in codes or main in codes]
        found[f"main-{main}"] = "on" if chosen or main in codes else ""
        if subs:
            found[f"subs-{main}"] = chosen
    return found
