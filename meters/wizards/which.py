"""Which place, and which meter: typed as they stand on the label."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meters import hanging
from meters.models import Channel, Meter, UsagePoint

UNIT_OF = {"electricity": "Wh", "water": "l", "sewer": "l"}  # gas is counted either way


class PlaceForm(forms.Form):
    """The usage point where a meter is hung: one without a meter, for what the meter counts."""

    point = forms.CharField(
        label=gettext_lazy("Code of the usage point"),
        max_length=40,
        help_text=gettext_lazy("It stands on the work order and on the board of the meter."),
    )

    def __init__(self, *args: Any, meter: Meter, **options: Any) -> None:
        super().__init__(*args, **options)
        self.meter = meter

    def clean_point(self) -> UsagePoint:
        code = self.cleaned_data["point"].strip()
        found = UsagePoint.objects.filter(code__iexact=code).select_related("location").first()
        if found is None:
            raise forms.ValidationError(_("There is no usage point with this code."))
        if found.is_virtual:
            raise forms.ValidationError(_("This usage point is billed without a meter."))
        if taken := hanging.meter_at(found):
            raise forms.ValidationError(
                _("Meter %(serial)s hangs there: exchange it instead."),
                params={"serial": taken.serial},
            )
        measured = self.meter.channels.values_list("unit", flat=True)
        if any(unit != UNIT_OF.get(found.commodity, unit) for unit in measured):
            raise forms.ValidationError(_("This meter does not measure what is delivered there."))
        return found


class NewMeterForm(forms.Form):
    """The meter that comes: it hangs nowhere, and counts all that the old one did."""

    serial = forms.CharField(label=gettext_lazy("Serial number of the new meter"), max_length=40)

    def __init__(self, *args: Any, old: Meter, **options: Any) -> None:
        super().__init__(*args, **options)
        self.old = old

    def clean_serial(self) -> Meter:
        serial = self.cleaned_data["serial"].strip()
        found = Meter.objects.filter(serial=serial).first()
        if found is None:
            raise forms.ValidationError(_("There is no meter with this serial number."))
        if found.pk == self.old.pk:
            raise forms.ValidationError(_("This is the old meter."))
        if taken := hanging.installation_of(found):
            raise forms.ValidationError(
                _("This meter hangs at %(point)s."), params={"point": taken.usage_point.code}
            )
        if _counts(self.old) - _counts(found):
            raise forms.ValidationError(_("This meter does not count all that the old one did."))
        return found


def _counts(meter: Meter) -> set[tuple[str, str]]:
    return set(Channel.objects.filter(meter=meter).values_list("quantity", "unit"))
