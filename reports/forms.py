"""Turns what addresses carry into clean values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent
from core import formats
from reports.statistics import first_day


class PageForm(forms.Form):
    """Where a page of movements begins."""

    before = forms.IntegerField(min_value=1, required=False)


class MonthForm(forms.Form):
    """Which of the months that are final is shown."""

    month = forms.ChoiceField(label=_("Month"), required=False)

    def __init__(self, *args: Any, months: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        named = [(month, formats.month(first_day(month))) for month in months]
        self.fields["month"] = forms.ChoiceField(label=_("Month"), required=False, choices=named)


class AuditForm(PageForm):
    """Which events of the audit trail are shown."""

    before = forms.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, widget=forms.HiddenInput
    )
    person = forms.CharField(label=_("Done by (e-mail)"), max_length=254, required=False)
    account = forms.CharField(label=_("Account number"), max_length=20, required=False)
    action = forms.CharField(label=_("Action begins with"), max_length=80, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All")), *AuditEvent.Kind.choices]
    )
    object_type = forms.CharField(
        label=_("Object"),
        max_length=80,
        required=False,
        help_text=_("Such as payments.refund"),
    )
    object_key = forms.CharField(label=_("Key of the object"), max_length=80, required=False)
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"})
    )
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"}))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day lies before the first."))
        return cleaned
