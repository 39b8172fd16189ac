"""What a page that asks by itself sends along: what it shows, and since when it asks."""

from __future__ import annotations

from datetime import UTC, datetime

from django import forms


class WatchForm(forms.Form):
    since = forms.IntegerField(min_value=0, max_value=253_402_300_799)  # the year 9999
    seen = forms.CharField(max_length=16, required=False)

    @property
    def since_at(self) -> datetime:
        return datetime.fromtimestamp(self.cleaned_data["since"], UTC)
