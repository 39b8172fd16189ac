"""Step 3: the rates, a form for each type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Commodity
from core import formats
from core.wizard import Rows, Typed
from core.wizard.rows import kept, laid_out, taken
from tariffs import authoring
from tariffs.differing.choices import CHOICES
from tariffs.engine.measures import MEASURED_UNITS
from tariffs.wizard import pasting, typed, typed_rates, words
from tariffs.wizard.forms.base import StepForm, choice, hidden, number, text

UNITS = {
    "electricity": ("kWh", "MWh", "Wh"),
    "water": ("m3", "l", "kgal", "gal", "ccf", "ft3"),
    "gas": ("m3", "therm", "kWh", "MJ", "GJ", "ccf", "ft3"),
    "sewer": ("m3", "l", "kgal", "gal", "ccf", "ft3"),
}
BASES = [
    ("period", gettext_lazy("each billing period")),
    ("month", gettext_lazy("each calendar month")),
    ("30_days", gettext_lazy("30 days")),
    ("day", gettext_lazy("each day")),
    ("served_day", gettext_lazy("each day with service")),
    ("year", gettext_lazy("each year")),
]
PRORATIONS = [
    ("days", gettext_lazy("by its days")),
    ("whole", gettext_lazy("in full")),
]
CLASSES = {"standard": gettext_lazy("Standard"), "none": gettext_lazy("Not taxed")}


class RatesForm(StepForm):
    """What every type of rate asks."""

    step = typed.RATES
    checks = (authoring.Step.RATES,)
    of_use = True

    def __init__(self, data: Any = None, *, classes: list[str], **options: Any) -> None:
        super().__init__(data, **options)
        self.service = self.about.get("commodity") or self.before["basics"].get("commodity", "")
        self.fields["charge_code"] = hidden()
        self.fields["charge_name"] = text(
            gettext_lazy("Name on the bill"), initial=self._name_on_bill()
        )
        if self.of_use:
            self._ask_measure()
        self.fields["tax_class"] = choice(
            gettext_lazy("Tax class"), class_choices(classes, self.source.get("tax_class"))
        )

    @property
    def common(self) -> list[forms.BoundField]:
        """What stands below the rates, for all types alike."""
        names = ("charge_name", "unit", "of_commodity", "share_percent", "tax_class")
        return [self[n] for n in names if n in self.fields and not self[n].is_hidden]

    def place(self, where: str) -> str | None:
        return where.removeprefix("measure.").removeprefix("charge.")

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        return {**found, "charge_name": found["charge_name"] or self["charge_name"].initial}

    def _name_on_bill(self) -> str:
        if not self.of_use:
            return _("Service")
        if self.service in (Commodity.ELECTRICITY, ""):
            return _("Energy")
        return str(Commodity(str(self.service)).label)

    def _ask_measure(self) -> None:
        kept = self.source.get("unit")
        units = list(UNITS.get(str(self.service), MEASURED_UNITS))
        if kept and kept not in units:
            units.append(kept)
        self.fields["unit"] = choice(
            gettext_lazy("Price per"), [(name, formats.unit_name(name)) for name in units]
        )
        if self.service == Commodity.SEWER or self.source.get("of_commodity"):
            self.fields["of_commodity"] = choice(
                gettext_lazy("Of the use of"),
                [("", gettext_lazy("its own meter")), *Commodity.choices],
                help_text=gettext_lazy("Sewer often follows the use of water."),
            )
            self.fields["share_percent"] = number(
                gettext_lazy("Share of that use in %"), help_text=gettext_lazy("Empty: all of it.")
            )


class FlatForm(RatesForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["price"] = number(
            gettext_lazy("Unit rate"),
            help_text=gettext_lazy("What one unit costs, with up to six decimals, such as 0.1200."),
        )


class FixedForm(RatesForm):
    of_use = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["price"] = number(
            gettext_lazy("Amount"), help_text=gettext_lazy("However much is used, such as 0.99.")
        )
        self.fields["basis"] = choice(gettext_lazy("For"), BASES)
        self.fields["proration"] = choice(
            gettext_lazy("A part of that time is charged"), PRORATIONS
        )


class SlabForm(RatesForm):
    lists = (
        Rows(
            "slabs",
            lambda: {"up_to": number(gettext_lazy("Up to")), "price": number(gettext_lazy("Rate"))},
            first=2,
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["rule"] = choice(
            gettext_lazy("A bill that reaches a higher slab"),
            [
                ("marginal", gettext_lazy("prices each part at the rate of its slab")),
                ("whole_quantity", gettext_lazy("prices all units at the rate that is reached")),
            ],
            widget=forms.RadioSelect,
            initial="marginal",
        )
        self.fields["width"] = choice(
            gettext_lazy("In a bill shorter or longer than usual, the bounds"),
            [
                ("prorate", gettext_lazy("shrink or grow with its days")),
                ("per_day", gettext_lazy("are for one day, times its days")),
                ("30_days", gettext_lazy("are for 30 days, shrunk or grown to its days")),
                ("whole", gettext_lazy("stay as they are")),
                *self._other_width(),
            ],
        )
        self.fields["paste"] = text(
            gettext_lazy("Paste from a spreadsheet"),
            max_length=5000,
            widget=forms.Textarea({"rows": 4, "spellcheck": "false"}),
            help_text=gettext_lazy(
                "A line for each slab: its upper bound and its rate, or from, to and rate. The "
                "last line has no upper bound."
            ),
        )

    @property
    def slabs(self) -> list[tuple[Any, str, bool]]:
        """Each row with where it begins, and whether it is the last."""
        rows, bounds = self.rows("slabs"), ["0"]
        for row in rows:
            bounds.append(str(row.fields["up_to"].value() or ""))
        return [(row, bounds[i], i == len(rows) - 1) for i, row in enumerate(rows)]

    def edited(self, act: str, typed: Typed) -> Typed:
        """Let the last slab be open, whichever it is now."""
        if act == "paste":
            rows = pasting.slabs(str(typed.get("paste", "")))
            found: dict[str, Any] = {**typed, **laid_out("slabs", rows), "paste": ""}
            return found if rows else typed
        found = dict(super().edited(act, typed))
        rows = kept(found, self.lists[0])
        if not rows or not act.startswith(("add ", "remove ")):
            return found
        return {**found, f"slabs-{len(rows) - 1}-up_to": ""}

    def place(self, where: str) -> str | None:
        if row := re.fullmatch(r"rows\[(\d+)\]\.(up_to|price)", where):
            return f"slabs-{row[1]}-{row[2]}"
        return super().place(where)

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if found.get("paste"):
            self.add_error("paste", _("Press “Use these rows”, or empty this box."))
        return found

    def _other_width(self) -> list[tuple[str, str | Promise]]:
        kept = str(self.source.get("width") or "")
        known = ("", "prorate", "per_day", "30_days", "whole")
        return [] if kept in known else [(kept, CHOICES["slab_width"].get(kept, kept))]


def _season() -> Mapping[str, forms.Field]:
    months = [("", "–"), *((f"{n:02d}", word) for n, word in MONTHS.items())]
    days = [("", "–"), *((f"{n:02d}", str(n)) for n in range(1, 32))]
    return {
        "name": text(gettext_lazy("Season"), max_length=60),
        "from_month": choice(gettext_lazy("From month"), months),
        "from_day": choice(gettext_lazy("From day"), days),
        "to_month": choice(gettext_lazy("To month"), months),
        "to_day": choice(gettext_lazy("To day"), days),
        "regular": number(gettext_lazy("Regular rate")),
        "discount": number(gettext_lazy("Discount in %")),
    }


class SeasonForm(RatesForm):
    lists = (Rows("seasons", _season, first=2),)
    parts: ClassVar = {
        "name": "name",
        "first": "from_month",
        "last": "to_month",
        "regular": "regular",
        "discount_percent": "discount",
    }

    @property
    def seasons(self) -> list[tuple[Any, str]]:
        """Each row with the rate that its discount makes."""
        rate = typed_rates.seasonal(self.typed())
        prices = ["–" if row.price is None else formats.number(row.price) for row in rate.rows]
        return list(zip(self.rows("seasons"), prices, strict=True))

    def place(self, where: str) -> str | None:
        row = re.fullmatch(r"rows\[(\d+)\]\.(\w+)", where)
        if row and row[2] in self.parts:
            return f"seasons-{row[1]}-{self.parts[row[2]]}"
        return super().place(where)


DAY_TYPES = ("all", "weekday", "weekend", "weekend holiday", "weekday holiday", "holiday",
             "mon", "tue", "wed", "thu", "fri", "sat", "sun")  # fmt: skip
HALF_HOURS = [f"{h:02d}:{m:02d}" for h in range(24) for m in (0, 30)]


class TimeForm(RatesForm):
    """Rates by name and price, and the hours of each type of day at which they hold."""

    def __init__(self, data: Any = None, **options: Any) -> None:
        source = (options.get("initial") or {}) if data is None else data
        self.lists = (
            Rows(
                "bands",
                lambda: {
                    "name": text(gettext_lazy("Name"), max_length=60),
                    "price": number(gettext_lazy("Rate")),
                },
                first=2,
            ),
            Rows("hours", lambda: _hours(source), first=2),
        )
        super().__init__(data, **options)
        self.fields["holidays"] = text(
            gettext_lazy("Holidays"),
            max_length=5000,
            widget=forms.Textarea({"rows": 3}),
            help_text=gettext_lazy(
                "One a line, as 2027-12-25 Christmas. Where there are some, they need hours too."
            ),
        )

    def edited(self, act: str, typed: Typed) -> Typed:
        """Let hours follow the rate that they had when a rate goes or comes before it."""
        found = super().edited(act, typed)
        verb, _blank, rest = act.partition(" ")
        name, _blank, place = rest.partition(" ")
        if name != "bands" or not place.isdecimal() or verb not in ("add", "remove"):
            return found
        hours = [
            {**row, "band": _moved(row.get("band", ""), verb, int(place))}
            for row in taken(found, "hours")
        ]
        return {**found, **laid_out("hours", hours)}

    def place(self, where: str) -> str | None:
        if band := re.fullmatch(r"bands\[(\d+)\]\.(name|price)", where):
            return f"bands-{band[1]}-{band[2]}"
        if window := re.match(r"bands\[(\d+)\]\.windows\[(\d+)\](?:\.(\w+))?", where):
            return self._hours_field(int(window[1]), int(window[2]), window[3] or "starts")
        if band := re.match(r"bands\[(\d+)\]", where):
            return f"bands-{band[1]}-name"
        return super().place(where)

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        for i, row in enumerate(taken(found, "hours")):
            if not row.get("band"):
                told = {"number": i + 1, "said": _("Choose a rate.")}
                self.add_error(f"hours-{i}-band", _("Row %(number)s: %(said)s") % told)
        lines = [line for line in str(found.get("holidays", "")).splitlines() if line.strip()]
        for line in lines:
            if typed.day(line.strip()[:10]) is None:
                said = _("“%s” does not begin with a day such as 2027-12-25.") % line.strip()[:40]
                self.add_error("holidays", said)
        return found

    def _hours_field(self, band: int, window: int, part: str) -> str:
        names = {"starts": "from", "ends": "to", "days": "days"}
        rows = [
            i
            for i, row in enumerate(taken(self.typed(), "hours"))
            if row.get("band") == str(band + 1)
        ]
        return f"hours-{rows[window]}-{names.get(part, 'from')}"


def _hours(source: Mapping[str, Any]) -> Mapping[str, forms.Field]:
    kept = taken({name: str(source.get(name, "")) for name in source}, "hours")
    used = {name: {row.get(name, "") for row in kept} - {""} for name in ("days", "from", "to")}
    days = [*DAY_TYPES, *sorted(used["days"] - set(DAY_TYPES))]
    starts = sorted({*HALF_HOURS, *used["from"]})
    ends = sorted({*HALF_HOURS[1:], "24:00", *used["to"]})
    bands = taken({name: str(source.get(name, "")) for name in source}, "bands")
    names = [
        (str(i + 1), row.get("name") or _("Rate %(number)s") % {"number": i + 1})
        for i, row in enumerate(bands)
    ]
    return {
        "days": choice(gettext_lazy("Days"), [(day, words.day_type(day)) for day in days]),
        "from": choice(gettext_lazy("From"), [("", "–"), *((at, at) for at in starts)]),
        "to": choice(gettext_lazy("To"), [("", "–"), *((at, at) for at in ends)]),
        "band": choice(gettext_lazy("Which rate"), [("", "–"), *names]),
    }


def _moved(band: str, verb: str, place: int) -> str:
    if not band.isdecimal():
        return band
    number = int(band)
    if verb == "add":
        return str(number + 1) if number > place else band
    if number == place + 1:
        return ""
    return str(number - 1) if number > place + 1 else band


def class_choices(classes: list[str], kept: object) -> list[tuple[str, object]]:
    """Return the classes of which taxes are taken, the ordinary one first."""
    names = dict.fromkeys(["standard", *classes, *([str(kept)] if kept else [])])
    return [(name, CLASSES.get(name, name)) for name in names]


FORMS: Mapping[str, type[RatesForm]] = {
    "flat": FlatForm,
    "slab": SlabForm,
    "fixed": FixedForm,
    "seasonal": SeasonForm,
    "time_based": TimeForm,
}
