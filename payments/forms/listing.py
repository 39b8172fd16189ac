"""Which part of the list of payments is asked for; nonsense asks for all of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.offering import offer
from payments.customer.rows import FILTERS, NoSuchPlace, Place, place


class ListForm(forms.Form):
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *FILTERS.items()]
    )
    year = forms.TypedChoiceField(
        label=_("Year"), required=False, coerce=int, empty_value=None, choices=[("", _("All"))]
    )
    before = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, years: Iterable[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "year", [("", _("All")), *((year, str(year)) for year in years)])

    @property
    def asked(self) -> dict[str, Any]:
        """Return what is asked for; a field that is nonsense asks for nothing."""
        self.is_valid()
        return self.cleaned_data

    def clean_before(self) -> Place | None:
        text = self.cleaned_data["before"]
        try:
            return place(text) if text else None
        except NoSuchPlace as error:
            raise forms.ValidationError(_("There is no such page.")) from error
