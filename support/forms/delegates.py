"""Forms of who else may see an account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import AccountRole
from accounts.rights import DELEGATE_SCOPES, role_words
from core.card_numbers import no_card_number


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **attributes: Any) -> None:
        super().__init__(attributes, format="%Y-%m-%d")


class LastDayForm(forms.Form):
    """The last day on which somebody sees the account."""

    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        input_formats=["%Y-%m-%d"],
        help_text=_("They still see the account on this day. Leave it empty for no end."),
        widget=DayInput(),
    )


class ShorterForm(forms.Form):
    """An earlier last day, as an employee may set it."""

    last_day = forms.DateField(
        label=_("Last day"),
        input_formats=["%Y-%m-%d"],
        help_text=_("They still see the account on this day. You can only make it shorter."),
        widget=DayInput(),
    )


class InviteForm(LastDayForm):
    """Whom to invite, to what, until when."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        validators=[no_card_number],
        widget=forms.TextInput({"autocomplete": "off", "dir": "auto"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("We send the invitation there. Only a login with this address can accept it."),
        widget=forms.EmailInput({"autocomplete": "off", "dir": "ltr"}),
    )
    role = forms.ChoiceField(
        label=_("They may"),
        choices=lambda: [(str(role), capfirst(role_words(role))) for role in DELEGATE_SCOPES],
        initial=AccountRole.Role.READ_ONLY,
    )
    field_order = ["name", "email", "role", "last_day"]
