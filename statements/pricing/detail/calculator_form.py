"""What the calculator of a tariff asks: a use, a day, and whatever else its prices depend on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from core import formats
from core.typed import TypedDecimal, within_the_calendar
from tariffs import names
from tariffs.authoring import Asked, Place, Split

PROFILES = (100, 200, 500)  # uses of a month that are offered ready
MOST = Decimal(10**9)
HUNDRED = Decimal(100)
IN_FORCE = ""


@dataclass(frozen=True)
class Question:
    """The answers of the form, in the words of the sample bills."""

    use: Decimal
    day: date
    number: int | None  # of the version; None: the one in force on the day
    split: Split | None
    place: Place


class CalculatorForm(forms.Form):
    """A form whose address is shared: it is sent by GET, and changes nothing."""

    marks_optional = False

    def __init__(
        self, data: Any, *, asked: Asked, versions: list[tuple[int, str]], day: date
    ) -> None:
        super().__init__(data)
        self.asked = asked
        if asked.unit:
            self.fields["units"] = _number(_use_word(asked.unit), required=True)
        self.fields["on"] = forms.DateField(
            label=_("A day of the month"),
            initial=day,
            validators=[within_the_calendar],
            widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        )
        if len(versions) > 1:
            self.fields["v"] = forms.TypedChoiceField(
                label=_("Version"),
                choices=[(IN_FORCE, _("The one in force on that day")), *versions],
                coerce=int,
                empty_value=None,
                required=False,
            )
        for key, field in self._more(asked):
            self.fields[key] = field

    def _more(self, asked: Asked) -> Iterator[tuple[str, forms.Field]]:
        for i, band in enumerate(asked.bands):
            words = {"band": names.told(band)}
            field = _number(_("Share of %(band)s, in percent") % words, most=HUNDRED)
            if not i:
                field.help_text = _("Leave all shares empty to spread the use over all hours.")
            yield f"share-{i}", field
        for i, name in enumerate(asked.attributes):
            words = {"name": formats.unit_name(names.told(name))}
            yield f"a-{i}", _number(_("Of the place: %(name)s") % words, required=True)
        for i, name in enumerate(asked.numbers):
            yield f"n-{i}", _number(names.told(name), required=True)
        for i, name in enumerate(asked.conditions):
            yield f"c-{i}", forms.BooleanField(label=name, required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        shares = self._shares(said)
        if shares and sum(shares.values()) > HUNDRED:
            raise forms.ValidationError(_("The shares come to more than 100 percent."))
        return said

    @property
    def question(self) -> Question:
        """Return what is asked; of a form that is valid."""
        said, asked = self.cleaned_data, self.asked
        shares = self._shares(said)
        held = [name for i, name in enumerate(asked.conditions) if said.get(f"c-{i}")]
        return Question(
            use=said.get("units") or Decimal(0),
            day=said["on"],
            number=said.get("v"),
            split=Split(shares, is_percent=True) if shares else None,
            place=Place(
                attributes={n: said[f"a-{i}"] for i, n in enumerate(asked.attributes)},
                given={n: said[f"n-{i}"] for i, n in enumerate(asked.numbers)},
                conditions=frozenset(held),
            ),
        )

    def _shares(self, said: Mapping[str, Any]) -> dict[str, Decimal]:
        """Return the share of each band, a missing one as nothing; none at all: no split."""
        given = [said.get(f"share-{i}") for i in range(len(self.asked.bands))]
        if not any(share is not None for share in given):
            return {}
        return {b: s or Decimal(0) for b, s in zip(self.asked.bands, given, strict=True)}


def _use_word(unit: str) -> str:
    return _("Use in the month, in %(unit)s") % {"unit": formats.unit_name(unit)}


def _number(label: str, *, required: bool = False, most: Decimal = MOST) -> TypedDecimal:
    return TypedDecimal(
        label=label,
        required=required,
        min_value=Decimal(0),
        max_value=most,
        widget=forms.TextInput({"inputmode": "decimal", "dir": "ltr"}),
    )


def also(form: CalculatorForm) -> list[tuple[str, str]]:
    """Return what was answered beside use, day and version, in words; for the printed sheet."""
    keys = [key for key in form.fields if key[:2] in ("sh", "a-", "n-", "c-")]
    said = [(str(form.fields[key].label), form.cleaned_data.get(key)) for key in keys]
    return [(label, _told(value)) for label, value in said if value not in (None, False)]


def _told(value: Decimal | bool) -> str:
    return _("yes") if value is True else formats.number(Decimal(value))
