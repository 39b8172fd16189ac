"""Opening, prolonging and ending a help session."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import grants
from accounts.models import AssistanceGrant
from accounts.operations.grants.running import SAID_AT_END
from accounts.staff import StaffRole
from core.card_numbers import no_card_number
from core.offering import offer
from support.facts import Fact, Kind

Grant = AssistanceGrant


class Words(forms.CharField):
    """A reason in words, which the customer can read."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea({"rows": 3}))
        options.setdefault("min_length", grants.SHORTEST_NOTE)
        super().__init__(**{"max_length": 500, "validators": [no_card_number], **options})


class StartForm(forms.Form):
    """Why the customer is helped, and how the employee knows who calls."""

    marks_optional = False  # what must be filled in follows from a choice

    reason = forms.ChoiceField(label=_("Reason"), choices=Grant.Reason)
    note = Words(
        label=_("The reason in your words"),
        help_text=_("At least ten letters. The customer can read it."),
    )
    channel = forms.ChoiceField(label=_("How they reached you"))
    caller_check = forms.ChoiceField(
        label=_("How you know who it is"),
        help_text=_("Fill in below only what belongs to your choice."),
    )
    fact_1 = forms.ChoiceField(
        label=_("First fact"), choices=[("", "–"), *Kind.choices], required=False
    )
    said_1 = forms.CharField(label=_("What they said"), max_length=200, required=False)
    fact_2 = forms.ChoiceField(
        label=_("Second fact"), choices=[("", "–"), *Kind.choices], required=False
    )
    said_2 = forms.CharField(label=_("What they said"), max_length=200, required=False)
    help_code = forms.CharField(
        label=_("Help code"),
        max_length=12,
        required=False,
        help_text=_("Six digits that the customer reads from “Security” on their pages."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"}),
    )
    ticket = forms.CharField(label=_("Ticket"), max_length=60, required=False)
    next = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, role: str, **options: Any) -> None:
        super().__init__(*args, **options)
        is_free = role == StaffRole.ADMINISTRATOR
        self._limit("channel", Grant.Channel, with_none=is_free)
        self._limit("caller_check", Grant.CallerCheck, with_none=is_free)
        self.must_check = not is_free

    def _limit(self, name: str, choices: Any, *, with_none: bool) -> None:
        """Offer "none" first, and only to those who need not check anybody."""
        listed = [each for each in choices.choices if each[0] != choices.NONE]
        if with_none:
            listed.insert(0, (choices.NONE.value, choices.NONE.label))
        offer(self, name, listed)

    @property
    def facts(self) -> list[Fact]:
        said = self.cleaned_data
        pairs = [(said["fact_1"], said["said_1"]), (said["fact_2"], said["said_2"])]
        return [(kind, text) for kind, text in pairs if kind and text]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        check = cleaned.get("caller_check")
        if check == Grant.CallerCheck.TICKET and not cleaned.get("ticket"):
            self.add_error("ticket", _("Give the number of the ticket."))
        if check == Grant.CallerCheck.CODE and not cleaned.get("help_code"):
            self.add_error("help_code", _("Type the code that the customer reads to you."))
        if check == Grant.CallerCheck.FACTS and self.must_check:
            self._need_two_facts(cleaned)
        return cleaned

    def _need_two_facts(self, cleaned: dict[str, Any]) -> None:
        kinds = {kind for kind in (cleaned.get("fact_1"), cleaned.get("fact_2")) if kind}
        if len(kinds) < 2 or not cleaned.get("said_1") or not cleaned.get("said_2"):
            self.add_error("fact_1", _("Ask for two different facts and type what they say."))


class EmergencyForm(forms.Form):
    note = Words(
        label=_("What has happened"),
        help_text=_(
            "At least ten letters. Administrators are told at once, another person reviews it, "
            "and the customer can read it."
        ),
    )


class ExtendForm(forms.Form):
    reason = Words(label=_("Why it takes longer"), help_text=_("At least ten letters."))


class EndForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("How it went"), choices=[(each.value, each.label) for each in SAID_AT_END]
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=500,
        required=False,
        validators=[no_card_number],
        widget=forms.Textarea({"rows": 3}),
    )


class RevealForm(forms.Form):
    """Which page a masked field was asked for on."""

    bill = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)


class MessageForm(forms.Form):
    """A message to the customer, which they find in their inbox."""

    account = forms.ChoiceField(label=_("Account"))
    subject = forms.CharField(label=_("Subject"), max_length=120)
    text = forms.CharField(
        label=_("Text"),
        max_length=4000,
        validators=[no_card_number],
        widget=forms.Textarea({"rows": 8}),
    )

    def __init__(self, *args: Any, numbers: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "account", [(number, number) for number in numbers])
