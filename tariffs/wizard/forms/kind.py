"""Step 2: which of the five types of rates."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from tariffs.models import RateType
from tariffs.wizard import typed
from tariffs.wizard.forms.base import StepForm

EXAMPLES = {
    RateType.FLAT: gettext_lazy("One price for every unit, such as 0.12 per kWh."),
    RateType.SLAB: gettext_lazy("It depends on how much is used: 0.08 up to 100, then 0.10."),
    RateType.FIXED: gettext_lazy("The same amount however much is used, such as 0.99 each month."),
    RateType.SEASONAL: gettext_lazy("It depends on the time of year: less from November on."),
    RateType.TIME_BASED: gettext_lazy("It depends on the hour: 0.18 from 16:00 to 20:00."),
}


class KindForm(StepForm):
    step = typed.TYPE
    rate_type = forms.ChoiceField(
        label=gettext_lazy("Rate type"),
        choices=RateType.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a rate type.")},
    )

    @property
    def cards(self) -> list[tuple[object, object]]:
        """Each type with its one-line example."""
        return [(box, EXAMPLES[RateType(box.data["value"])]) for box in self["rate_type"]]

    def clean(self) -> dict[str, object]:
        return dict(self.typed())
