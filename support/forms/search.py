"""The one box in which a customer is looked for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SearchForm(forms.Form):
    """Anything that is the customer's: it is searched for as it is typed."""

    q = forms.CharField(
        label=_("Find a customer"),
        min_length=3,
        max_length=120,
        help_text=_(
            "The whole number of an account, bill or meter, an e-mail address, a phone number with "
            "its country code, or the beginning of a name or street."
        ),
        widget=forms.TextInput({"autocomplete": "off", "type": "search", "autofocus": True}),
    )
