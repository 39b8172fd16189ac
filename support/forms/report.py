"""Reviewing a session, and declaring who one is close to."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import numbers
from accounts.models import AssistanceGrant


class ReviewForm(forms.Form):
    verdict = forms.ChoiceField(label=_("Verdict"), choices=AssistanceGrant.Review)
    note = forms.CharField(
        label=_("Why"),
        max_length=500,
        min_length=10,
        help_text=_("At least ten letters; it is kept with your name."),
        widget=forms.Textarea({"rows": 3}),
    )


class RelationForm(forms.Form):
    number = forms.CharField(
        label=_("Account number"),
        max_length=24,
        help_text=_("Of your own family, friends or others to whom you are close."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"}),
    )
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, help_text=_("You need not say why.")
    )

    def clean_number(self) -> str:
        return numbers.clean(self.cleaned_data["number"])
