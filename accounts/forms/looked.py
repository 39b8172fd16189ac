"""What a customer says of a look at their data."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.card_numbers import no_card_number


class ObjectionForm(forms.Form):
    note = forms.CharField(
        label=_("What surprises you"),
        max_length=500,
        required=False,
        help_text=_("You need not say why. A supervisor looks at it."),
        validators=[no_card_number],
        widget=forms.Textarea({"rows": 3}),
    )
