"""Fields of several forms."""

from __future__ import annotations

from typing import Any

import phonenumbers
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


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
