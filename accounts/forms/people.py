"""Forms about the people who work here."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.staff import StaffRole
from core.card_numbers import no_card_number


class Reason(forms.CharField):
    """Words that are kept with a change of somebody's rights."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Reason"))
        options.setdefault("help_text", _("It is kept with your name."))
        options.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        super().__init__(**{"max_length": 500, "validators": [no_card_number], **options})


class RolesField(forms.MultipleChoiceField):
    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Roles"))
        super().__init__(choices=StaffRole.choices, widget=forms.CheckboxSelectMultiple, **options)


class RolesForm(forms.Form):
    """Which roles a person shall have, and why."""

    roles = RolesField(required=False)
    reason = Reason()

    def __init__(self, *args: Any, held: Collection[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.held = frozenset(held)
        self.fields["roles"].initial = sorted(held)

    def clean_roles(self) -> frozenset[str]:
        wanted = frozenset(self.cleaned_data["roles"])
        if wanted == self.held:
            raise forms.ValidationError(_("These are the roles that the person has already."))
        return wanted


class ReasonForm(forms.Form):
    reason = Reason()


class InvitationForm(forms.Form):
    """Whom to invite, and to which roles."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        validators=[no_card_number],
        widget=forms.TextInput({"autocomplete": "off", "dir": "auto"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("A link goes there. It is good for seven days, once."),
        widget=forms.EmailInput({"autocomplete": "off", "dir": "ltr"}),
    )
    roles = RolesField(
        help_text=_("Nobody has them before another administrator approves."),
    )
