"""What is asked before many tariffs are changed in the same way."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import ConsumerCategory, ServiceArea
from core.card_numbers import no_card_number
from core.offering import offer
from statements.pricing.changing.forms import ChangeForm, not_the_last
from tariffs.authoring.batch import Change, PriceChange

EVERYBODY = "*"
PERCENT, AMOUNT = "percent", "amount"
KEEP, SET, OPEN = "", "set", "open"
PRICE_KINDS = (
    ("energy", gettext_lazy("Prices per unit of use")),
    ("fixed", gettext_lazy("Fixed amounts")),
    ("demand", gettext_lazy("Prices per unit of demand")),
    ("minimum", gettext_lazy("Minimum amounts")),
    ("credit", gettext_lazy("Credits for what is fed back")),
)
DAY = {"type": "date"}


class EditForm(ChangeForm):
    """The same change for all; what is left empty stays as it is."""

    first_day = forms.DateField(
        label=gettext_lazy("First day of the new versions"),
        help_text=gettext_lazy("A tariff whose newest version is a draft keeps its first day."),
        widget=forms.DateInput(DAY, format="%Y-%m-%d"),
    )
    how = forms.ChoiceField(
        label=gettext_lazy("Prices"),
        choices=[
            ("", gettext_lazy("Stay as they are")),
            (PERCENT, gettext_lazy("Change by a percentage")),
            (AMOUNT, gettext_lazy("Change by an amount of money")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    by = forms.DecimalField(
        label=gettext_lazy("By how much"),
        help_text=gettext_lazy("3.5 raises by 3.5 percent or 3.5 of the currency; -3.5 lowers."),
        required=False,
        max_digits=12,
        decimal_places=6,
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Which prices"),
        choices=PRICE_KINDS,
        initial=["energy"],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    decimals = forms.TypedChoiceField(
        label=gettext_lazy("Round new prices"),
        choices=[
            ("", gettext_lazy("No, keep every decimal")),
            *((str(n), gettext_lazy("To %(n)s decimals")) for n in range(2, 7)),
        ],
        coerce=int,
        empty_value=None,
        required=False,
    )
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("Categories"),
        help_text=gettext_lazy("Without a choice, each keeps its own."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    areas = forms.MultipleChoiceField(
        label=gettext_lazy("Service areas"),
        help_text=gettext_lazy("Without a choice, each keeps its own."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    ending = forms.ChoiceField(
        label=gettext_lazy("Until when they hold"),
        choices=[
            (KEEP, gettext_lazy("Stays as it is")),
            (SET, gettext_lazy("Has a last day")),
            (OPEN, gettext_lazy("Ongoing: no last day")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        validators=[not_the_last],
        widget=forms.DateInput(DAY, format="%Y-%m-%d"),
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        help_text=gettext_lazy("Left empty, each keeps its own."),
        max_length=2000,
        required=False,
        validators=[no_card_number],
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rounded = [(n, word % {"n": n} if n else word) for n, word in _choices(self, "decimals")]
        offer(self, "decimals", rounded)
        everybody = [(EVERYBODY, gettext_lazy("Everybody"))]
        offer(self, "categories", [*everybody, *_named(ConsumerCategory.objects.order_by("name"))])
        offer(self, "areas", [*everybody, *_areas()])

    def clean_first_day(self) -> Any:
        first_day = self.cleaned_data["first_day"]
        if first_day < self.today:
            raise forms.ValidationError(_("This day has passed: choose today or a later one."))
        return first_day

    def clean(self) -> dict[str, Any]:
        """Hold together what belongs together, and ask for one change at least."""
        said = super().clean() or self.cleaned_data
        if said.get("how") and "by" in said and not said["by"]:
            self.add_error("by", _("Say by how much, and not by nothing."))
        if said.get("how") and not said.get("kinds"):
            self.add_error("kinds", _("Choose which prices change."))
        if said.get("ending") == SET and "last_day" in said and said["last_day"] is None:
            self.add_error("last_day", _("Give the last day."))
        asked = ("how", "categories", "areas", "ending", "description")
        if not self.errors and not any(said.get(name) for name in asked):
            raise forms.ValidationError(
                _("Say what changes: prices, customers, end or description.")
            )
        return said

    @property
    def change(self) -> Change:
        """Return what was asked, once it is valid."""
        said = self.cleaned_data
        return Change(
            first_day=said["first_day"],
            prices=self._prices(said),
            categories=_codes(said["categories"]),
            areas=_codes(said["areas"]),
            last_day=said["last_day"] if said["ending"] == SET else None,
            is_open=said["ending"] == OPEN,
            description=said["description"] or None,
        )

    def _prices(self, said: dict[str, Any]) -> PriceChange | None:
        if not said["how"]:
            return None
        by: Decimal = said["by"]
        return PriceChange(
            percent=by if said["how"] == PERCENT else None,
            amount=by if said["how"] == AMOUNT else None,
            kinds=frozenset(said["kinds"]),
            decimals=said["decimals"],
        )


def _codes(chosen: list[str]) -> tuple[str, ...] | None:
    """Return the codes that were chosen; everybody is none of them, nothing chosen is None."""
    if not chosen:
        return None
    return () if EVERYBODY in chosen else tuple(chosen)


def _named(rows: Any) -> list[tuple[str, str]]:
    return [(row.code, str(row)) for row in rows]


def _areas() -> list[tuple[str, str]]:
    """Return the areas with their service: the same name may be there for each."""
    named = [(row.code, row.with_service) for row in ServiceArea.objects.all()]
    return sorted(named, key=lambda each: each[1])


def _choices(form: forms.Form, name: str) -> list[tuple[str, Any]]:
    field: Any = form.fields[name]
    return list(field.choices)
