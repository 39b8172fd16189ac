"""Reads an address of the explorer; its own range is typed by people."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import formats
from reports.usage.asked import Against, Asked, By
from reports.usage.spans import LONGEST, Span, Step

FIRST, LAST = date(2000, 1, 2), date(2200, 1, 1)


class UsageForm(forms.Form):
    """`from` and `to` are shown; the rest comes along."""

    service = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    step = forms.ChoiceField(
        choices=[(step, step) for step in Step], required=False, widget=forms.HiddenInput
    )
    by = forms.ChoiceField(choices=[(b, b) for b in By], required=False, widget=forms.HiddenInput)
    against = forms.ChoiceField(
        choices=[(a, a) for a in Against if a], required=False, widget=forms.HiddenInput
    )
    on = forms.DateField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, label in (("from", gettext_lazy("From")), ("to", gettext_lazy("To"))):
            widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
            self.fields[name] = forms.DateField(label=label, required=False, widget=widget)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("on", "from", "to"):
            if (day := cleaned.get(name)) and not FIRST <= day <= LAST:
                self.add_error(name, _("We have no readings of that year."))
        first, last = cleaned.get("from"), cleaned.get("to")
        if first and not last and "to" not in self.errors:
            self.add_error("to", _("Say up to which day."))
        elif last and not first and "from" not in self.errors:
            self.add_error("from", _("Say from which day."))
        elif first and last:
            self._check_length(first, last, Step(cleaned.get("step") or Step.DAY))
        return cleaned

    def _check_length(self, first: date, last: date, step: Step) -> None:
        days, most = (last - first).days + 1, LONGEST[step]
        if days < 1:
            self.add_error("to", _("The last day lies before the first."))
        elif days > most:
            text = ngettext(
                "These steps can show %(most)s day at most.",
                "These steps can show %(most)s days at most.",
                most,
            )
            self.add_error("to", text % {"most": formats.number(most)})

    def asked(self) -> Asked:
        """Return what a valid form asks for."""
        got = self.cleaned_data
        own = Span(got["from"], got["to"]) if got.get("from") and got.get("to") else None
        return Asked(
            service=got.get("service") or "",
            step=Step(got.get("step") or Step.DAY),
            by=By(got.get("by") or By.USE),
            against=Against(got.get("against") or Against.OFF),
            on=got.get("on"),
            own=own,
        )

    def wider(self) -> Asked | None:
        """Return the same days in the shortest steps that can show them all."""
        got = self.cleaned_data
        first, last = got.get("from"), self._typed_last()
        if not first or not last or last < first:
            return None
        days = (last - first).days + 1
        fitting = [step for step in Step if LONGEST[step] >= days and step is not Step.PERIOD]
        if not fitting:
            return None
        return Asked(
            service=got.get("service") or "",
            step=fitting[0],
            by=By(got.get("by") or By.USE),
            own=Span(first, last),
        )

    def _typed_last(self) -> date | None:
        """Return the last day although it is refused."""
        try:
            return date.fromisoformat(self.data.get("to", ""))
        except ValueError:
            return None
