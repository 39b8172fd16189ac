"""The form of claiming an account."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import numbers


class ClaimForm(forms.Form):
    """The account number and the code from the letter or bill."""

    number = forms.CharField(
        label=_("Account number"),
        max_length=24,
        help_text=_("Ten digits, at the top of your letter or bill."),
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "numeric", "dir": "ltr"}),
    )
    code = forms.CharField(
        label=_("Claim code"),
        max_length=24,
        help_text=_("Twelve letters and digits, such as 7KQ4-M2ZT-9XHP. Each code works once."),
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "dir": "ltr"}
        ),
    )

    def clean_number(self) -> str:
        return numbers.clean(self.cleaned_data["number"])
