"""The form of one setting of the utility."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts import brand
from accounts.house import Setting
from accounts.models import Utility
from core import formats
from core.card_numbers import no_card_number

PHONE = RegexValidator(r"^\+?[0-9][0-9 ()/.-]*\Z", _("Use digits, spaces and a plus in front."))


class OneLine(forms.CharField):
    """Words that stand in heads of pages and mails: line breaks become blanks."""

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").split())


class ColourField(forms.CharField):
    """A colour as #rrggbb that can be read on our pages; empty for the usual one."""

    def to_python(self, value: Any) -> str:
        typed = (super().to_python(value) or "").lower()
        return f"#{typed}" if typed and not typed.startswith("#") else typed

    def validate(self, value: str) -> None:
        super().validate(value)
        if not value:
            return
        if not _is_hex(value):
            raise forms.ValidationError(_("Write a colour as # and six digits, such as #0b5cad."))
        if not brand.is_readable(value):
            raise forms.ValidationError(
                _("Text in this colour is too hard to read. The nearest that passes is %(shade)s."),
                code="contrast",
                params={"shade": brand.nearest(value)},
            )


class SettingForm(forms.Form):
    """One field, named `value`."""

    def __init__(self, data: Any = None, *, setting: Setting, utility: Utility) -> None:
        super().__init__(data, initial={"value": getattr(utility, setting.field)})
        make = FIELDS.get(setting.field, _line)
        field = make(label=setting.word, help_text=setting.effect)
        field.required = setting.field in REQUIRED
        self.fields["value"] = field

    @property
    def offered(self) -> str:
        """Return the colour to take in the place of one that cannot be read, or nothing."""
        errors = self.errors.as_data().get("value", [])
        return next((e.params["shade"] for e in errors if e.code == "contrast" and e.params), "")


def _is_hex(value: str) -> bool:
    return len(value) == 7 and all(c in "0123456789abcdef" for c in value[1:])


def _line(**options: Any) -> forms.Field:
    return OneLine(max_length=120, validators=[no_card_number], **options)


def _long_line(**options: Any) -> forms.Field:
    return OneLine(max_length=200, validators=[no_card_number], **options)


def _short_line(**options: Any) -> forms.Field:
    return OneLine(max_length=40, validators=[no_card_number], **options)


def _lines(**options: Any) -> forms.Field:
    area = forms.Textarea({"rows": 4, "dir": "auto"})
    return forms.CharField(max_length=500, widget=area, validators=[no_card_number], **options)


def _phone(**options: Any) -> forms.Field:
    attributes = {"type": "tel", "dir": "ltr", "inputmode": "tel"}
    widget = forms.TextInput(attributes)
    return forms.CharField(max_length=40, widget=widget, validators=[PHONE], **options)


def _email(**options: Any) -> forms.Field:
    return forms.EmailField(max_length=254, widget=forms.EmailInput({"dir": "ltr"}), **options)


def _colour(**options: Any) -> forms.Field:
    attributes = {"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}
    return ColourField(max_length=7, widget=forms.TextInput(attributes), **options)


def _days(**options: Any) -> forms.Field:
    return forms.IntegerField(min_value=1, max_value=120, **options)


def _currency(**options: Any) -> forms.Field:
    known = formats.current_locale().currencies
    words = sorted((word, code) for code, word in known.items() if len(code) == 3)
    return forms.ChoiceField(choices=[(c, f"{word} ({c})") for word, c in words], **options)


def _country(**options: Any) -> forms.Field:
    known = formats.current_locale().territories
    pairs = [(word, code) for code, word in known.items() if len(code) == 2 and code.isalpha()]
    return forms.ChoiceField(choices=[(code, word) for word, code in sorted(pairs)], **options)


def _zone(**options: Any) -> forms.Field:
    zones = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
    return forms.ChoiceField(choices=[(zone, zone) for zone in zones], **options)


REQUIRED = {"name", "payment_term_days", "currency", "country", "zone_name"}
FIELDS: dict[str, Callable[..., forms.Field]] = {
    "legal_name": _long_line,
    "tax_number": _short_line,
    "address": _lines,
    "opening_hours": _lines,
    "brand_colour": _colour,
    "phone": _phone,
    "emergency_phone": _phone,
    "email": _email,
    "payment_term_days": _days,
    "currency": _currency,
    "country": _country,
    "zone_name": _zone,
}
