"""The next version of the late fee policy, as a person types it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.money import NotExact, to_minor
from core.typed import TypedDecimal
from payments.forms.desk import Amount, DayField
from payments.models import LateFeePolicy

MONEY = {"flat": "flat_minor", "cap": "cap_minor", "tolerance": "tolerance_minor"}


class PolicyForm(forms.Form):
    """From when, how late, and how much; amounts in the currency of the utility."""

    starts_on = DayField(label=_("For bills due from"))
    grace_days = forms.IntegerField(
        label=_("Days of grace after the due date"), min_value=0, max_value=365
    )
    flat = Amount(label=_("Flat fee"), min_value=Decimal(0))
    percent = TypedDecimal(
        label=_("Per cent of the open amount"),
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=9,
        decimal_places=6,
        help_text=_("Added to the flat fee and rounded once."),
        widget=forms.TextInput({"inputmode": "decimal", "dir": "ltr"}),
    )
    cap = Amount(
        label=_("Most for one bill"), required=False, help_text=_("Empty: there is no cap.")
    )
    tolerance = Amount(
        label=_("Tolerance"),
        min_value=Decimal(0),
        help_text=_("No fee while no more than this is open."),
    )
    steps = forms.IntegerField(label=_("Times at most"), min_value=1, max_value=12)
    days_between_steps = forms.IntegerField(
        label=_("Days between two fees of a bill"), min_value=1, max_value=365
    )
    sample = Amount(
        label=_("Try it on an open amount of"), help_text=_("Shown before anything is kept.")
    )

    def __init__(self, *args: Any, currency: str, newest: dict[str, Any], **options: Any) -> None:
        start = {"grace_days": 14, "flat": "0", "percent": "0", "tolerance": "0"}
        start |= {"steps": 1, "days_between_steps": 30, "sample": "100", **newest}
        options["initial"] = start
        super().__init__(*args, **options)
        self.currency = currency
        self.minor: dict[str, int] = {}

    def clean(self) -> dict[str, Any]:
        """Read the amounts in the currency of the utility."""
        cleaned = super().clean() or {}
        for name in (*MONEY, "sample"):
            if cleaned.get(name) is None:
                continue
            try:
                self.minor[name] = to_minor(cleaned[name], self.currency)
            except NotExact:
                self.add_error(name, _("This currency has no such small coins."))
        return cleaned

    @property
    def sample_minor(self) -> int:
        return self.minor["sample"]

    def terms(self) -> dict[str, Any]:
        """Return the terms of the version, amounts in minor units."""
        plain = ("starts_on", "grace_days", "percent", "steps", "days_between_steps")
        money = {minor: self.minor.get(name) for name, minor in MONEY.items()}
        return {**{name: self.cleaned_data[name] for name in plain}, **money}

    def policy(self) -> LateFeePolicy:
        """Return the version as it would be, kept nowhere."""
        return LateFeePolicy(currency=self.currency, **self.terms())

    def take_over(self, error: ValidationError) -> None:
        """Show what the operation refused at the fields of this form."""
        named = {minor: name for name, minor in MONEY.items()}
        for field, words in error.message_dict.items():
            name = named.get(field, field)
            self.add_error(name if name in self.fields else None, words)
