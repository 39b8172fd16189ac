"""The filters of a list: each has fields of one form, narrows the rows, and names itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formats
from core.money import NotExact, to_minor
from core.typed import TypedDecimal

Rows = QuerySet[Any]
Where = Callable[[Rows, Any], Rows]
Word = str | Promise
Chip = tuple[str, tuple[str, ...]]  # what is said, and what of the address says it


@dataclass(frozen=True)
class Choice:
    """One of some values; `where` narrows the rows, or is the name of a field."""

    key: str
    word: Word
    choices: Sequence[tuple[str, Word]]
    where: Where | str

    def fields(self) -> dict[str, forms.Field]:
        choices = [("", gettext_lazy("All")), *self.choices]
        return {self.key: forms.ChoiceField(label=str(self.word), required=False, choices=choices)}

    def narrow(self, rows: Rows, said: Mapping[str, Any]) -> Rows:
        return _narrowed(rows, self.where, said.get(self.key))

    def chips(self, said: Mapping[str, Any]) -> Iterator[Chip]:
        if value := said.get(self.key):
            yield f"{self.word}: {dict(self.choices)[value]}", (self.key,)


@dataclass(frozen=True)
class Text:
    """Words that are looked for; `where` narrows the rows, or is a lookup such as a field."""

    key: str
    word: Word
    where: Where | str
    hint: Word = ""
    longest: int = 80

    def fields(self) -> dict[str, forms.Field]:
        kind = forms.TextInput({"type": "search", "autocomplete": "off"})
        field = forms.CharField(
            label=str(self.word),
            required=False,
            max_length=self.longest,
            widget=kind,
            help_text=str(self.hint),
        )
        return {self.key: field}

    def narrow(self, rows: Rows, said: Mapping[str, Any]) -> Rows:
        return _narrowed(rows, self.where, said.get(self.key))

    def chips(self, said: Mapping[str, Any]) -> Iterator[Chip]:
        if value := said.get(self.key):
            yield f"{self.word}: {value}", (self.key,)


@dataclass(frozen=True)
class Month:
    """A month, written YYYY-MM; `where` narrows the rows by its text."""

    key: str
    word: Word
    where: Where

    def fields(self) -> dict[str, forms.Field]:
        kind = forms.TextInput({"type": "month", "dir": "ltr"})
        words = _("Write a month as year and month, such as 2026-10.")
        field = forms.RegexField(
            r"^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])$",
            label=str(self.word),
            required=False,
            widget=kind,
            error_messages={"invalid": words},
        )
        return {self.key: field}

    def narrow(self, rows: Rows, said: Mapping[str, Any]) -> Rows:
        return _narrowed(rows, self.where, said.get(self.key))

    def chips(self, said: Mapping[str, Any]) -> Iterator[Chip]:
        if value := said.get(self.key):
            shown = formats.month(date.fromisoformat(f"{value}-01"))
            yield f"{self.word}: {shown}", (self.key,)


@dataclass(frozen=True)
class Days:
    """A range of days of a date field, both included; in the address `<key>-from`, `<key>-to`."""

    key: str
    word: Word
    field: str

    @property
    def ends(self) -> tuple[str, str]:
        return f"{self.key}-from", f"{self.key}-to"

    def fields(self) -> dict[str, forms.Field]:
        labels = (_("%(what)s from"), _("%(what)s to"))
        return {
            name: forms.DateField(
                label=label % {"what": self.word},
                required=False,
                widget=forms.DateInput({"type": "date"}),
            )
            for name, label in zip(self.ends, labels, strict=True)
        }

    def narrow(self, rows: Rows, said: Mapping[str, Any]) -> Rows:
        return _between(rows, self.field, *(said.get(end) for end in self.ends))

    def wrong(self, said: Mapping[str, Any]) -> tuple[str, str] | None:
        """Return the field and the words of a range that ends before it begins."""
        first, last = (said.get(end) for end in self.ends)
        is_wrong = first and last and last < first
        return (self.ends[1], _("The last day lies before the first.")) if is_wrong else None

    def chips(self, said: Mapping[str, Any]) -> Iterator[Chip]:
        first, last = (said.get(end) for end in self.ends)
        if first or last:
            yield f"{self.word}: {_range(first, last, formats.day)}", self.ends


@dataclass(frozen=True)
class Amounts:
    """A range of amounts of a field in minor units; in the address `<key>-min`, `<key>-max`."""

    key: str
    word: Word
    field: str
    currency: str

    @property
    def ends(self) -> tuple[str, str]:
        return f"{self.key}-min", f"{self.key}-max"

    def fields(self) -> dict[str, forms.Field]:
        labels = (_("%(what)s from"), _("%(what)s to"))
        return {
            name: _AmountField(self.currency, label=label % {"what": self.word})
            for name, label in zip(self.ends, labels, strict=True)
        }

    def narrow(self, rows: Rows, said: Mapping[str, Any]) -> Rows:
        return _between(rows, self.field, *(said.get(end) for end in self.ends))

    def wrong(self, said: Mapping[str, Any]) -> tuple[str, str] | None:
        """Return the field and the words of a range that ends before it begins."""
        least, most = (said.get(end) for end in self.ends)
        is_wrong = least is not None and most is not None and most < least
        return (self.ends[1], _("This is less than the amount before it.")) if is_wrong else None

    def chips(self, said: Mapping[str, Any]) -> Iterator[Chip]:
        least, most = (said.get(end) for end in self.ends)
        if least is not None or most is not None:
            yield f"{self.word}: {_range(least, most, self._shown)}", self.ends

    def _shown(self, minor: int) -> str:
        return formats.money(minor, self.currency)


Filter = Choice | Text | Month | Days | Amounts


class _AmountField(TypedDecimal):
    """An amount as people type it, as whole minor units."""

    def __init__(self, currency: str, *, label: str) -> None:
        self.currency = currency
        super().__init__(
            label=label,
            required=False,
            max_digits=16,
            widget=forms.TextInput({"inputmode": "decimal", "dir": "ltr"}),
        )

    def clean(self, value: Any) -> Any:
        amount: Decimal | None = super().clean(value)
        if amount is None:
            return None
        try:
            return to_minor(amount, self.currency)
        except NotExact as error:
            raise forms.ValidationError(_("This currency has no such small coins.")) from error


def form_of(filters: Sequence[Filter], data: Mapping[str, Any]) -> forms.Form:
    """Return the form of these filters, filled with what the address says."""
    fields = {name: field for each in filters for name, field in each.fields().items()}

    class FilterForm(forms.Form):
        def clean(self) -> dict[str, Any]:
            said = super().clean() or {}
            ranges = (each for each in filters if isinstance(each, Days | Amounts))
            for field, words in filter(None, (each.wrong(said) for each in ranges)):
                self.add_error(field, words)
            return said

    return type("FilterForm", (FilterForm,), fields)(data)


def _narrowed(rows: Rows, where: Where | str, value: Any) -> Rows:
    if not value:
        return rows
    return rows.filter(**{where: value}) if isinstance(where, str) else where(rows, value)


def _between(rows: Rows, field: str, least: Any, most: Any) -> Rows:
    if least is not None:
        rows = rows.filter(**{f"{field}__gte": least})
    return rows.filter(**{f"{field}__lte": most}) if most is not None else rows


def _range(first: date | int | None, last: date | int | None, shown: Callable[[Any], str]) -> str:
    if first is None:
        return _("up to %(last)s") % {"last": shown(last)}
    if last is None:
        return _("from %(first)s") % {"first": shown(first)}
    return _("%(first)s to %(last)s") % {"first": shown(first), "last": shown(last)}
