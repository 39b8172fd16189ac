"""What the registers of a meter show when it comes and when it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _

from core import formats
from core.typed import TypedDecimal
from meters import units
from meters.models import Channel
from meters.vee.counters import Counter, slots_between
from meters.vee.rules import Bounds, Rule

DECIMALS = 3


class RegisterField(TypedDecimal):
    """What a register shows, with the decimal mark of the reader's language."""

    def __init__(self, channel: Channel, **options: Any) -> None:
        unit = formats.unit_name(units.displayed_unit(channel.unit))
        super().__init__(
            label=_("%(register)s, %(unit)s")
            % {"register": channel.get_quantity_display(), "unit": unit},
            min_value=0,
            max_digits=channel.digits + DECIMALS,
            decimal_places=DECIMALS,
            localize=True,
            widget=forms.TextInput({"inputmode": "decimal", "dir": "ltr", "autocomplete": "off"}),
            **options,
        )


class OpeningForm(forms.Form):
    """The first read of each register, and its multiplier where that may still be chosen."""

    def __init__(
        self, *args: Any, channels: Sequence[Channel], may_multiply: bool, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.channels = channels
        for channel in channels:
            self.fields[f"read_{channel.quantity}"] = RegisterField(channel)
            if may_multiply:
                self.fields[f"times_{channel.quantity}"] = forms.IntegerField(
                    label=_("%(register)s: multiplier")
                    % {"register": channel.get_quantity_display()},
                    min_value=1,
                    max_value=100_000,
                    initial=channel.multiplier,
                    help_text=_("The ratio of the transformers before the meter; 1 without any."),
                )

    def clean(self) -> dict[str, Any]:
        """Add `base` and `multipliers`, both by quantity; base units."""
        cleaned = super().clean() or {}
        times = {
            c.quantity: cleaned.get(f"times_{c.quantity}") or c.multiplier for c in self.channels
        }
        cleaned["multipliers"] = times
        cleaned["base"] = {
            channel.quantity: units.stored(read, times[channel.quantity])
            for channel in self.channels
            if (read := cleaned.get(f"read_{channel.quantity}")) is not None
        }
        return cleaned


class ClosingForm(forms.Form):
    """The final read of each register, doubted like every other reading.

    :param last: what each register showed last; `bounds`: what it can show at all
    """

    def __init__(
        self,
        *args: Any,
        channels: Sequence[Channel],
        at: datetime,
        zone: ZoneInfo,
        last: Mapping[str, Counter],
        bounds: Mapping[str, Bounds],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.channels, self.at, self.zone = channels, at, zone
        self.last, self.bounds = last, bounds
        for channel in channels:
            self.fields[f"read_{channel.quantity}"] = RegisterField(
                channel, help_text=self._last_words(channel)
            )
        if "sure" in (self.data if self.is_bound else self.initial):
            self._add_sure()

    def clean(self) -> dict[str, Any]:
        """Add `base`, by quantity in base units, and `decided`."""
        cleaned = super().clean() or {}
        base: dict[str, int] = {}
        for channel in self.channels:
            read: Decimal | None = cleaned.get(f"read_{channel.quantity}")
            if read is not None:
                base[channel.quantity] = units.stored(read, channel.multiplier)
                self._doubt(channel, base[channel.quantity], is_sure=bool(cleaned.get("sure")))
        cleaned["base"], cleaned["decided"] = base, bool(cleaned.get("sure"))
        return cleaned

    def _doubt(self, channel: Channel, value: int, *, is_sure: bool) -> None:
        passed = slots_between(
            self.last.get(channel.quantity),
            Counter(self.at, value),
            interval_s=channel.interval_s,
            bounds=self.bounds[channel.quantity],
            now=self.at,
        )
        rules = {finding.rule for finding in passed.findings if finding.is_held}
        field = f"read_{channel.quantity}"
        if Rule.DUPLICATE in rules:
            self.add_error(field, _("It was read at this very moment and showed something else."))
        elif rules & {Rule.NEGATIVE, Rule.IMPOSSIBLE} and not is_sure:
            self._add_sure()
            self.add_error(field, _("This is not what can have passed since the last reading."))

    def _add_sure(self) -> None:
        self.fields["sure"] = forms.BooleanField(
            label=_("The register really shows this: I looked again"), required=False
        )

    def _last_words(self, channel: Channel) -> str:
        last = self.last.get(channel.quantity)
        if last is None:
            return _("It was never read.")
        return _("It last showed %(number)s, at %(moment)s.") % {
            "number": formats.number(units.shown(last.value, channel.multiplier)),
            "moment": formats.moment(last.read_at, self.zone),
        }
