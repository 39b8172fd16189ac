"""Allauth's forms with our words: the same name for the same thing as on all other pages."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as theirs
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class OurWords:
    """Puts our labels on the fields of a form."""

    words: ClassVar[dict[str, Promise]] = {
        "email": _("E-mail"),
        "login": _("E-mail"),
        "remember": _("Remember me"),
        "oldpassword": _("Current password"),
    }
    fields: dict[str, Any]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in self.words.keys() & self.fields.keys():
            self.fields[name].label = self.words[name]


class NewPassword(OurWords):
    words: ClassVar[dict[str, Promise]] = {
        **OurWords.words,
        "password1": _("New password"),
        "password2": _("New password again"),
    }


class LoginForm(OurWords, theirs.LoginForm):
    pass


class SignupForm(OurWords, theirs.SignupForm):
    pass


class AddEmailForm(OurWords, theirs.AddEmailForm):
    words: ClassVar[dict[str, Promise]] = {"email": _("New e-mail address")}


class ResetPasswordForm(OurWords, theirs.ResetPasswordForm):
    pass


class ChangePasswordForm(NewPassword, theirs.ChangePasswordForm):
    pass


class ResetPasswordKeyForm(NewPassword, theirs.ResetPasswordKeyForm):
    pass
