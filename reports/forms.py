"""Turns what addresses carry into clean values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

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
