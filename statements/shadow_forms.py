"""What people type to compare a draft with past bills, and to narrow what came out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from core.offering import offer
from statements.pricing.shadow import choices
from statements.pricing.shadow.groups import BANDS, Outcome
from statements.pricing.shadow.population import Population
from statements.pricing.shadow.results import EVERYBODY, NO_CATEGORY, Chosen, Results

MONTH = r"^\d{4}-\d{2}$"
WRITTEN = {"invalid": _("Write the month as year and month, as in 2026-10.")}


class StartForm(forms.Form):
    """Which draft is compared, for whom, and over which months."""

    version = forms.ChoiceField(
        label=_("Draft"), help_text=_("What it changes is computed; nothing is billed.")
    )
    plan = forms.ChoiceField(label=_("Only customers of the plan"), required=False)
    category = forms.ChoiceField(label=_("Only the category"), required=False)
    area = forms.ChoiceField(label=_("Only the service area"), required=False)
    sample = forms.IntegerField(
        label=_("Only a sample of so many accounts"),
        help_text=_("The same accounts are drawn each time."),
        required=False,
        min_value=1,
        max_value=10_000_000,
    )
    first_month = forms.RegexField(
        label=_("First month"),
        help_text=_("Year and month, as in 2026-10."),
        regex=MONTH,
        error_messages=WRITTEN,
    )
    last_month = forms.RegexField(label=_("Last month"), regex=MONTH, error_messages=WRITTEN)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offered: dict[str, list[Any]] = {
            "version": choices.drafts(),
            "plan": [("", _("All")), *choices.plans()],
            "category": [("", _("All")), *choices.categories()],
            "area": [("", _("All")), *choices.areas()],
        }
        for name, values in offered.items():
            offer(self, name, values)
        self.has_drafts = bool(offered["version"])

    @property
    def population(self) -> Population:
        said = self.cleaned_data
        return Population(
            plans=_one(said["plan"]),
            categories=_one(said["category"]),
            areas=_one(said["area"]),
            sample=said["sample"] or 0,
        )


def _one(code: str) -> tuple[str, ...]:
    return (code,) if code else ()


class ChosenForm(forms.Form):
    """Of which accounts of a run the results tell; nonsense tells of all."""

    category = forms.ChoiceField(label=_("Category"), required=False)
    band = forms.TypedChoiceField(label=_("Use"), required=False, coerce=int, empty_value=None)
    outcome = forms.ChoiceField(
        label=_("How they fare"),
        required=False,
        choices=[
            ("", _("All")),
            (Outcome.BETTER, _("They pay less")),
            (Outcome.WORSE, _("They pay more")),
            (Outcome.SAME, _("They pay the same")),
        ],
    )
    special = forms.BooleanField(label=_("Only customers with a special need"), required=False)

    def __init__(self, *args: Any, whole: Results, bands: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        named = [
            (part.code or NO_CATEGORY, part.name or str(_("Without a category")))
            for part in whole.by_category
        ]
        offer(self, "category", [("", _("All")), *named])
        within = list(enumerate(bands[:BANDS], 1))
        offer(self, "band", [("", _("All")), *within])

    @property
    def is_narrowed(self) -> bool:
        return self.chosen != EVERYBODY

    @property
    def terms(self) -> str:
        """Return what narrows the accounts as an address says it."""
        said = self.cleaned_data if self.is_valid() else {}
        kept = {name: "on" if value is True else value for name, value in said.items() if value}
        return urlencode(kept)

    @property
    def chosen(self) -> Chosen:
        said = self.cleaned_data if self.is_valid() else {}
        return Chosen(
            category=said.get("category", ""),
            band=said.get("band") or 0,
            outcome=said.get("outcome", ""),
            is_special=said.get("special", False),
        )
