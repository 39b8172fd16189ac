"""Forms of people: signing up, claiming an account."""

from __future__ import annotations

from typing import Any

import phonenumbers
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import numbers
from accounts.models import User
from core.card_numbers import no_card_number


class PhoneField(forms.CharField):
    """A phone number, read as people write it and returned as E.164."""

    def __init__(self, **options: Any) -> None:
        attributes = {"autocomplete": "tel", "inputmode": "tel", "dir": "ltr", "type": "tel"}
        super().__init__(**{"max_length": 40, "widget": forms.TextInput(attributes), **options})

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            parsed = phonenumbers.parse(text, settings.FORMAT_REGION or None)
        except phonenumbers.NumberParseException:
            parsed = None
        if parsed is None or not phonenumbers.is_valid_number(parsed):
            raise forms.ValidationError(
                _("Enter a number that exists, with its country code, such as +1 212 555 2368."),
                code="phone",
            )
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


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


class ClaimForm(forms.Form):
    """The account number and the code from the letter or bill."""

    number = forms.CharField(
        label=_("Account number"),
        max_length=24,
        help_text=_("Ten digits, at the top of your letter or bill."),
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "numeric", "dir": "ltr"}),
    )
    code = forms.CharField(
        label=_("Claim code"),
        max_length=24,
        help_text=_("Twelve letters and digits, such as 7KQ4-M2ZT-9XHP. Each code works once."),
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "dir": "ltr"}
        ),
    )

    def clean_number(self) -> str:
        return numbers.clean(self.cleaned_data["number"])
