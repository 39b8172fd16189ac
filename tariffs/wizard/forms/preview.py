"""Step 5: bills worked by hand, and a use of one's own to look at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.wizard import Row, Rows, Words
from tariffs import authoring
from tariffs.authoring.numbers import exact
from tariffs.wizard import typed, typed_examples, typed_rates
from tariffs.wizard.forms.base import StepForm, hidden, number, text


class PreviewForm(StepForm):
    """An example that does not come out is said, and stops only at publishing."""

    step = typed.PREVIEW
    checks = (authoring.Step.EXAMPLES,)
    passing = ("example_fails",)

    own = number(
        gettext_lazy("A use of your own"),
        help_text=gettext_lazy("It is shown beside 100, 200 and 500 units."),
    )

    def __init__(
        self, data: Any = None, *, month: tuple[date, date] | None, **options: Any
    ) -> None:
        self.month = month
        self.bands = typed_rates.band_names(options["before"].get(typed.RATES, {}))
        self.lists = (Rows("examples", self._row, first=1),)
        super().__init__(data, **options)
        if options["about"].get("examples"):
            self.fields["keep"] = forms.ChoiceField(
                label=_("Bills worked by hand that came in by file"),
                required=False,
                choices=[("yes", _("Keep them")), ("no", _("Leave them out"))],
            )

    @property
    def examples(self) -> list[tuple[Row, list[forms.BoundField], list[forms.BoundField]]]:
        """Each row with what it shows, and what it carries along."""
        return [
            (
                row,
                [field for field in row.fields.values() if not field.is_hidden],
                [field for field in row.fields.values() if field.is_hidden],
            )
            for row in self.rows("examples")
        ]

    def place(self, where: str) -> str | None:
        row = re.match(r"examples\[(\d+)\]", where)
        return f"examples-{row[1]}-total" if row else None

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        own = str(found.get("own") or "")
        number = exact(own) if own else None
        if own and (number is None or number < 0):
            self.add_error("own", _("Enter a number of units, such as 350."))
        return found

    def _row(self) -> Mapping[str, forms.Field]:
        first, last = self.month or (None, None)
        by_band = {
            f"{typed_examples.BAND}{i + 1}": number(_("Use at “%s”") % name)
            for i, name in enumerate(self.bands)
        }
        use = {"use": hidden()} if by_band else {"use": number(gettext_lazy("Use"))}
        return {
            "first": _day(gettext_lazy("From"), first),
            "last": _day(gettext_lazy("To"), last),
            **use,
            **by_band,
            "total": number(gettext_lazy("Expected amount")),
            "name": text(gettext_lazy("What it shows")),
            "conditions": hidden(),
        }


def _day(label: Words, first: date | None) -> forms.CharField:
    widget = forms.DateInput({"type": "date"})
    return text(label, widget=widget, initial=first.isoformat() if first else "")
