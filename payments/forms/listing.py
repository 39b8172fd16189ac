"""Which part of the list of payments is asked for; nonsense asks for all of it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.customer.rows import FILTERS, NoSuchPlace, Place, place


class ListForm(forms.Form):
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *FILTERS.items()]
    )
    before = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def clean_before(self) -> Place | None:
        text = self.cleaned_data["before"]
        try:
            return place(text) if text else None
        except NoSuchPlace as error:
            raise forms.ValidationError(_("There is no such page.")) from error
