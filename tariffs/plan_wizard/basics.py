"""Step 1: what the plan is called, how it is billed and taxed, and when it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.offering import offer
from core.wizard import Row, Rows, RowsForm
from tariffs.authoring import Check, PlanForm
from tariffs.authoring.found import PlanStep
from tariffs.authoring.plan_state import PlanBasics, PlanTax, TaxBand
from tariffs.models import PlanVersion
from tariffs.plan_wizard.stepping import StepForm
from tariffs.plan_wizard.words import SAID
from tariffs.plans.reading import MAX_SHORT_NAME

TAXES = (
    ("flat", _("Flat: an amount on each bill")),
    ("percent", _("Percentage of the bill")),
    ("tiered", _("Tiered: percentages by parts of the amount")),
    ("exempt", _("Exempt: no tax")),
)
UTILITY_TAXES = ("", _("The taxes of the utility"))
CHECKED = {"kind": "tax", "rate": "tax_rate", "reason": "tax_reason", "bands": "tax"}


def _bands() -> dict[str, forms.Field]:
    return {
        "up_to": forms.CharField(label=_("Up to an amount of"), required=False),
        "percent": forms.CharField(label=_("Tax in percent"), required=False),
    }


class DayField(forms.DateField):
    """A day, by the calendar of the browser."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **options)


class BasicsForm(StepForm, RowsForm):
    """The fields of the first step; of taxes only those of the chosen kind count."""

    step = PlanStep.BASICS
    lists = (Rows("bands", _bands, first=2),)

    name = forms.CharField(
        label=_("Plan name"),
        help_text=_("As customers read it; no other plan has it."),
        error_messages={"required": SAID["text_missing"]},
    )
    code = forms.CharField(
        label=_("Short name"),
        help_text=_("At most 15 letters, digits, - and _; no other plan has it."),
        error_messages={"required": SAID["text_missing"]},
        widget=forms.TextInput({"data-most": str(MAX_SHORT_NAME), "autocapitalize": "characters"}),
    )
    description = forms.CharField(
        label=_("Description"),
        help_text=_("What is good about it, in a sentence that customers may read."),
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": SAID["text_missing"]},
    )
    frequency = forms.ChoiceField(
        label=_("Billing frequency"), choices=PlanVersion.Frequency.choices
    )
    tax = forms.ChoiceField(label=_("Tax type"), choices=TAXES)
    tax_rate = forms.CharField(
        label=_("Tax rate"),
        help_text=_("A percentage such as 5, or an amount for each bill if the tax is flat."),
        required=False,
        widget=forms.TextInput({"inputmode": "decimal"}),
    )
    tax_reason = forms.CharField(label=_("Why it is exempt"), required=False)
    first_day = DayField(
        label=_("First day"),
        help_text=_("Today or later."),
        error_messages={"required": SAID["day_missing"]},
    )
    last_day = DayField(
        label=_("Last day"),
        help_text=_("The last day that is included. Empty: ongoing."),
        required=False,
    )

    def __init__(self, *args: Any, is_new: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        if not is_new:
            self.fields["code"].disabled = True
            self.fields["code"].help_text = _("All versions of a plan share it.")
            self.fields["code"].required = False
            self.initial = {**self.initial, "code": self.before.basics.code}
        if not is_new and not self.before.basics.tax.kind:
            offer(self, "tax", [UTILITY_TAXES, *TAXES])
            self.fields["tax"].required = False

    @property
    def tiers(self) -> list[Row]:
        return self.rows("bands")

    def made(self, values: Mapping[str, Any]) -> PlanForm:
        basics = self.before.basics
        return replace(
            self.before,
            basics=PlanBasics(
                code=values.get("code") or basics.code,
                name=values.get("name", ""),
                description=values.get("description", ""),
                frequency=values.get("frequency", ""),
                tax=self._tax(values),
                first_day=values.get("first_day"),
                last_day=values.get("last_day"),
                currency=basics.currency,
            ),
        )

    def named(self, field: str) -> str | None:
        if field.startswith("bands["):
            place, _dot, part = field.removeprefix("bands[").partition("].")
            return f"bands-{place}-{part}"
        return CHECKED.get(field, super().named(field))

    def worded(self, check: Check) -> str:
        place = check.field.removeprefix("bands[").partition("]")[0]
        if not place.isdecimal():
            return super().worded(check)
        told = {"number": int(place) + 1, "problem": super().worded(check)}
        return gettext("Tier %(number)s: %(problem)s") % told

    def _tax(self, values: Mapping[str, Any]) -> PlanTax:
        kind = values.get("tax", "")
        if kind == "tiered":
            return PlanTax(kind, bands=self._tiers(values))
        if kind == "exempt":
            return PlanTax(kind, reason=values.get("tax_reason", ""))
        return PlanTax(kind, rate=values.get("tax_rate", "") if kind else "")

    def _tiers(self, values: Mapping[str, Any]) -> tuple[TaxBand, ...]:
        rows = [
            TaxBand(values.get(f"bands-{i}-up_to", ""), values.get(f"bands-{i}-percent", ""))
            for i in range(self.counts["bands"])
        ]
        return tuple(row for row in rows if row.up_to or row.percent)


def typed(said: PlanBasics) -> dict[str, str]:
    """Return the fields that make these answers."""
    tax = said.tax
    rows = {
        f"bands-{i}-{name}": getattr(band, name)
        for i, band in enumerate(tax.bands)
        for name in ("up_to", "percent")
    }
    return {
        "name": said.name,
        "code": said.code,
        "description": said.description,
        "frequency": said.frequency,
        "tax": tax.kind,
        "tax_rate": tax.rate,
        "tax_reason": tax.reason,
        "bands-count": str(len(tax.bands) or 2),
        **rows,
        "first_day": said.first_day.isoformat() if said.first_day else "",
        "last_day": said.last_day.isoformat() if said.last_day else "",
    }
