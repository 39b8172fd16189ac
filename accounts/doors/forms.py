"""What the pages of signing in ask beside allauth's forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class CodeInput(forms.TextInput):
    """Shows nobody what was typed before: it works no more, or never did."""

    def format_value(self, value: Any) -> None:
        return None


def _code_field(help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=help_text,
        widget=CodeInput(
            {"autocomplete": "one-time-code", "autocapitalize": "characters", "dir": "ltr"}
        ),
    )


class OnwardForm(forms.Form):
    """A form that leads on to another page, which `ways.next_page` checks."""

    next = forms.CharField(required=False, widget=forms.HiddenInput)


class CodeForm(OnwardForm):
    """A code of the app, or a recovery code."""

    code = _code_field(_("Six digits from your authenticator app, or a recovery code."))


class FirstCodeForm(OnwardForm):
    """The code by which a new app shows that it was set up right."""

    code = _code_field(_("The six digits that the app shows now."))


class StepUpForm(OnwardForm):
    """The password, and a code of those who have a second factor."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    code = _code_field(_("Six digits from your authenticator app, or a recovery code."))

    def __init__(self, *args: Any, with_password: bool, with_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_password:
            del self.fields["password"]
        if not with_code:
            del self.fields["code"]
