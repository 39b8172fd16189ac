"""What signing up asks."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import PhoneField
from accounts.models import User
from core.card_numbers import no_card_number


class SignUpForm(forms.Form):
    """What signing up asks besides e-mail and password, which allauth adds."""

    name = forms.CharField(
        label=_("Full name"),
        max_length=120,
        validators=[no_card_number],
        widget=forms.TextInput({"autocomplete": "name", "dir": "auto"}),
    )
    phone = PhoneField(
        label=_("Mobile number"),
        help_text=_("With the country code, such as +1 212 555 2368. We store it encrypted."),
    )
    field_order = ["name", "email", "phone", "password1"]

    def signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"]
        user.phone = self.cleaned_data["phone"]
        user.language = get_language() or settings.LANGUAGE_CODE
        user.save(update_fields=["name", "phone", "phone_index", "language"])
