"""The one box in which a customer is looked for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

WHILE_TYPING = {
    "hx-post": "",
    "hx-target": "#found-part",
    "hx-trigger": "input changed delay:400ms, search",
    "hx-sync": "this:replace",
    "data-slash": True,
    "autofocus": True,
}


class SearchForm(forms.Form):
    """Anything that is the customer's: it is searched for as it is typed."""

    q = forms.CharField(
        label=_("Find a customer"),
        min_length=3,
        max_length=120,
        help_text=_("A number, an e-mail address, a phone number, a name or a street."),
        widget=forms.TextInput({**WHILE_TYPING, "autocomplete": "off", "type": "search"}),
    )
