"""Forms of names, addresses and languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.contact import ContactChange, fingerprint
from accounts.forms.fields import PhoneField
from accounts.models import Customer, User
from core.card_numbers import no_card_number

PHONE_HINT = _("With the country code, such as +1 212 555 2368. We store it encrypted.")


class ContactForm(forms.Form):
    """The contact data of one customer, as it is and as it shall be."""

    name = forms.CharField(
        label=_("Name"),
        max_length=160,
        validators=[no_card_number],
        widget=forms.TextInput({"autocomplete": "name", "dir": "auto"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        help_text=_("Where we write to when nobody signs in for this account."),
        widget=forms.EmailInput({"autocomplete": "email", "dir": "ltr"}),
    )
    phone = PhoneField(label=_("Phone"), required=False, help_text=PHONE_HINT)
    postal_address = forms.CharField(
        label=_("Postal address"),
        required=False,
        max_length=500,
        validators=[no_card_number],
        help_text=_("Where letters go to; it may differ from the place that is served."),
        widget=forms.Textarea({"autocomplete": "street-address", "rows": 4, "dir": "auto"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=lambda: settings.LANGUAGES)
    has_special_need = forms.BooleanField(
        label=_("Somebody at home needs us to take special care"),
        required=False,
        help_text=_(
            "Such as a medical device that needs power. Only people who help you see it, so that "
            "we do not interrupt the service without talking to you."
        ),
    )
    fingerprint = forms.CharField(max_length=64, widget=forms.HiddenInput)

    @classmethod
    def of(
        cls, customer: Customer, data: Any = None, *, draft: Mapping[str, str] | None = None
    ) -> ContactForm:
        """Return the form filled with what is known, with a kept draft, or with what was typed."""
        shown = {name: getattr(customer, name, "") for name in cls.base_fields}
        if draft:
            shown |= {name: text for name, text in draft.items() if name in shown}
            shown["has_special_need"] = "has_special_need" in draft
        return cls(data, initial={**shown, "fingerprint": fingerprint(customer)})

    def clean_postal_address(self) -> str:
        lines = self.cleaned_data["postal_address"].splitlines()
        return "\n".join(line.strip() for line in lines if line.strip())

    @property
    def change(self) -> ContactChange:
        return ContactChange(**self.cleaned_data)


class PersonForm(forms.Form):
    """What a person tells of themselves."""

    name = forms.CharField(
        label=_("Full name"),
        max_length=120,
        validators=[no_card_number],
        widget=forms.TextInput({"autocomplete": "name", "dir": "auto"}),
    )
    phone = PhoneField(label=_("Mobile number"), required=False, help_text=PHONE_HINT)
    language = forms.ChoiceField(label=_("Language"), choices=lambda: settings.LANGUAGES)

    @classmethod
    def of(cls, user: User, data: Any = None) -> PersonForm:
        return cls(data, initial={name: getattr(user, name) for name in cls.base_fields})
