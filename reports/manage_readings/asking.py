"""Which readings an address asks for: of a meter or a place, on a day or in a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.periods import Period, local_date, local_day, local_days
from meters.models import Meter, MeterInstallation, UsagePoint
from reports.manage_readings.parts import Part, parts_of_meter, parts_of_point

USUAL = timedelta(days=30)
LONGEST = timedelta(days=400)
FIRST, LAST = date(2000, 1, 1), date(2199, 12, 31)  # no readings are looked for before or after
DATE = {"type": "date"}


class AskForm(forms.Form):
    """The fields of the address."""

    meter = forms.CharField(
        label=gettext_lazy("Meter or usage point"),
        max_length=40,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    day = forms.DateField(
        label=gettext_lazy("Day"), required=False, widget=forms.DateInput(DATE, format="%Y-%m-%d")
    )
    since = forms.DateField(
        label=gettext_lazy("or from"),
        required=False,
        widget=forms.DateInput(DATE, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("to"), required=False, widget=forms.DateInput(DATE, format="%Y-%m-%d")
    )
    by = forms.ChoiceField(
        label=gettext_lazy("Totals by"),
        required=False,
        choices=[("", gettext_lazy("Day")), ("month", gettext_lazy("Month"))],
    )
    quality = forms.ChoiceField(
        label=gettext_lazy("Quality"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            ("estimated", gettext_lazy("Estimated or set by hand")),
            ("missing", gettext_lazy("With gaps")),
        ],
    )
    billed = forms.ChoiceField(
        label=gettext_lazy("Billed"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            ("yes", gettext_lazy("Billed")),
            ("no", gettext_lazy("Not billed")),
        ],
    )

    MORE = ("by", "quality", "billed")

    found_meter: Meter | None = None
    found_point: UsagePoint | None = None

    def first(self) -> list[forms.BoundField]:
        """Return the fields that say what is wanted."""
        return [field for field in self.visible_fields() if field.name not in self.MORE]

    def more(self) -> list[forms.BoundField]:
        """Return the fields that only narrow it."""
        return [self[name] for name in self.MORE]

    @property
    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in self.MORE)

    def clean_meter(self) -> str:
        words: str = self.cleaned_data["meter"].strip()
        self.found_meter = Meter.objects.filter(serial=words).first()
        if self.found_meter is None:
            points = UsagePoint.objects.filter(code__iexact=words)
            self.found_point = points.select_related("location").first()
        if not (self.found_meter or self.found_point):
            raise forms.ValidationError(_("No meter or usage point has this number."))
        return words

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("day", "since", "until"):
            if (day := cleaned.get(name)) and not FIRST <= day <= LAST:
                self.add_error(name, _("We have no readings of that year."))
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day lies before the first."))
        elif since and until and until - since > LONGEST:
            self.add_error("until", _("At most 400 days are shown at a time."))
        return cleaned


@dataclass(frozen=True)
class Asked:
    """What is wanted, with its days; `day` is None where a period is wanted."""

    meter: Meter | None
    point: UsagePoint | None
    zone: ZoneInfo
    day: date | None
    since: date
    until: date
    by_month: bool
    quality: str
    billed: str
    now: datetime

    @property
    def period(self) -> Period:
        if self.day:
            return local_day(self.day, self.zone)
        return local_days(self.since, self.until, self.zone)

    @property
    def name(self) -> str:
        return self.meter.serial if self.meter else str(self.point)

    def parts(self) -> list[Part]:
        """Return the registers that measured in this time; two queries."""
        if self.meter:
            return parts_of_meter(self.meter, self.period, now=self.now)
        return parts_of_point(self.point, self.period, now=self.now) if self.point else []


def asked(form: AskForm, *, now: datetime, zone: ZoneInfo) -> Asked:
    """Return what a valid form asks for; without days, the last month.

    :param zone: of the utility, for a meter that never hung anywhere
    """
    said, where = form.cleaned_data, _zone(form) or zone
    until = said["until"] or _latest(said["since"], local_date(now, where))
    return Asked(
        meter=form.found_meter,
        point=form.found_point,
        zone=where,
        day=said["day"],
        since=said["since"] or until - USUAL,
        until=until,
        by_month=said["by"] == "month",
        quality=said["quality"],
        billed=said["billed"],
        now=now,
    )


def _latest(since: date | None, today: date) -> date:
    """Return today, or the last day that may be shown from a first one on."""
    return max(since, min(today, since + LONGEST)) if since else today


def _zone(form: AskForm) -> ZoneInfo | None:
    if form.found_point:
        return form.found_point.location.zone
    hung = MeterInstallation.objects.filter(meter=form.found_meter).order_by("-starts_at")
    latest = hung.select_related("usage_point__location").first()
    return latest.usage_point.location.zone if latest else None
