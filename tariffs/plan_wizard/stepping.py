"""What the forms of the plan wizard share: the checks of a step, said beside its fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from core.wizard import Answered
from tariffs.authoring import Check, PlanForm, plan_checks
from tariffs.authoring.found import PlanStep
from tariffs.authoring.plan_around import Around
from tariffs.plan_wizard import words


class StepForm(forms.Form):
    """A step that makes a part of the plan of what is typed, as `said` of its clean values."""

    step: PlanStep

    def __init__(self, *args: Any, around: Around, before: PlanForm, **options: Any) -> None:
        self.around = around
        self.before = before  # what the steps before this one made of the plan
        super().__init__(*args, **options)

    def made(self, values: Mapping[str, Any]) -> PlanForm:
        """Return the plan with what is typed here."""
        raise NotImplementedError

    def named(self, field: str) -> str | None:
        """Return the field of the form that a check means; none: the form as a whole."""
        return field if field in self.fields else None

    def worded(self, check: Check) -> str:
        """Return what a check says; rows say which one they are."""
        return words.said(check)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        plan = self.made(values)
        for check in plan_checks(plan, self.around):
            if check.step is self.step:
                name = self.named(check.field)
                if name is None or name not in self.errors:
                    self.add_error(name, self.worded(check))
        return {**values, "said": plan}


def plan_of(answered: Answered) -> PlanForm:
    """Return the plan as the steps that hold made it."""
    found = PlanForm()
    for step in PlanStep:
        if step.value in answered and "said" in answered[step.value]:
            found = answered[step.value]["said"]
    return found
