"""The form of language, theme and size of text."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.display import Display, TextSize, Theme


class DisplayForm(forms.Form):
    """What one person wants; every choice has an effect on the page that follows."""

    language = forms.ChoiceField(label=_("Language"), choices=lambda: settings.LANGUAGES)
    theme = forms.ChoiceField(
        label=_("Theme"), choices=Theme.choices, widget=forms.RadioSelect, required=True
    )
    text_size = forms.TypedChoiceField(
        label=_("Size of text"), choices=TextSize.choices, coerce=int, widget=forms.RadioSelect
    )

    def display(self) -> Display:
        return Display(self.cleaned_data["theme"], self.cleaned_data["text_size"])
