"""The form of one's own word for a property."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.card_numbers import no_card_number


class PropertyNameForm(forms.Form):
    name = forms.CharField(
        label=_("What you call it"),
        required=False,
        max_length=60,
        validators=[no_card_number],
        help_text=_("Such as “Mum's flat”. Only you see it. Leave it empty to take it back."),
        widget=forms.TextInput({"autocomplete": "off", "dir": "auto"}),
    )
