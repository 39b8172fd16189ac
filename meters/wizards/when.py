"""The day and the time of a deed, as the clock of the place shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formats
from core.periods import moments
from meters.models import Channel
from meters.vee.counters import floor

TWICE = 2


class WhenForm(forms.Form):
    """A moment that lies between two intervals of every register concerned.

    :param not_before: the earliest moment, and the words that say why
    """

    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput({"type": "date"}))
    time = forms.TimeField(
        label=gettext_lazy("Time"), widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )

    def __init__(
        self,
        *args: Any,
        zone: ZoneInfo,
        now: datetime,
        channels: Sequence[Channel],
        not_before: Sequence[tuple[datetime, str]] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.zone, self.now = zone, now
        self.steps = sorted({channel.interval_s for channel in channels})
        self.not_before = not_before
        self.fields["time"].help_text = _("As the clock shows it there (%(zone)s).") % {
            "zone": zone.key
        }
        self._add_which()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day, time = cleaned.get("day"), cleaned.get("time")
        if not day or not time:
            return cleaned
        found = moments(day, time, self.zone)
        if not found:
            self.add_error("time", _("The clocks went forward then: this time never was."))
        elif len(found) < TWICE:
            cleaned["at"] = found[0]
        elif cleaned.get("which"):
            cleaned["at"] = found[int(cleaned["which"])]
        if at := cleaned.get("at"):
            self._check(at)
        return cleaned

    def _check(self, at: datetime) -> None:
        if at > self.now:
            self.add_error("time", _("This lies in the future."))
        for earliest, why in self.not_before:
            if at < earliest:
                self.add_error("time", why)
        for step in self.steps:
            if floor(at, step) != at:
                return self.add_error("time", self._bounds(at, step))

    def _bounds(self, at: datetime, step: int) -> str:
        before = floor(at, step)
        after = before + timedelta(seconds=step)
        return _("Readings are cut at %(before)s and at %(after)s: choose one of them.") % {
            "before": formats.moment(before, self.zone),
            "after": formats.moment(after, self.zone),
        }

    def _add_which(self) -> None:
        """Ask which of both is meant where the clocks came to this time twice."""
        found = self._typed_moments()
        if len(found) == TWICE:
            choices = [
                (str(place), formats.moment(at, self.zone)) for place, at in enumerate(found)
            ]
            self.fields["which"] = forms.ChoiceField(
                label=_("Which of both"),
                choices=[("", _("Choose")), *choices],
                help_text=_("The clocks went back: this time came twice."),
            )

    def _typed_moments(self) -> list[datetime]:
        said = self.data if self.is_bound else self.initial
        try:
            day = self.fields["day"].clean(said.get("day"))
            time = self.fields["time"].clean(said.get("time"))
        except forms.ValidationError:
            return []
        return moments(day, time, self.zone)
