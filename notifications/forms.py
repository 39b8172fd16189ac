"""Forms of what one is told; each belongs to one row of the page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Customer
from notifications.events import REMINDER_DAYS
from notifications.matrix import Matrix


def _day_words() -> list[tuple[int, str]]:
    said = [(n, ngettext("%(n)s day", "%(n)s days", n) % {"n": n}) for n in REMINDER_DAYS]
    return list(reversed(said))


class EmailForm(forms.Form):
    """Whether the mails of one event are wanted."""

    email = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, matrix: Matrix) -> None:
        super().__init__(data)
        self.fields["event"] = forms.ChoiceField(
            label=_("E-mail"),
            choices=[(key, key) for key in matrix.switchable],
            error_messages={"invalid_choice": _("This e-mail cannot be switched on or off.")},
        )


class DaysForm(forms.Form):
    """How many days before the due date to be reminded."""

    days = forms.TypedMultipleChoiceField(
        label=_("Days before the due date"),
        coerce=int,
        choices=_day_words,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one day. To get no such e-mails, switch them off above.")
        },
    )


class LanguageForm(forms.Form):
    """In which language a customer is written to."""

    language = forms.ChoiceField(label=_("Language"), choices=lambda: settings.LANGUAGES)

    def __init__(self, data: Any, *, matrix: Matrix) -> None:
        super().__init__(data)
        self._customers = {str(customer.uid): customer for customer in matrix.customers}
        self.fields["customer"] = forms.ChoiceField(
            label=_("Customer"), choices=[(uid, uid) for uid in self._customers]
        )

    @property
    def chosen(self) -> Customer:
        return self._customers[self.cleaned_data["customer"]]
