"""Numbers as people type them: with the decimal mark of their language, or another if clear."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import get_decimal_symbol
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core import formats

BLANKS = re.compile(r"\s")  # also those that do not break, which languages group with
PLAIN = re.compile(r"([+-]?\d*)(?:([.,])(\d*))?")
GROUPED = re.compile(r"([+-]?\d{1,3}([.,'’])\d{3}(?:\2\d{3})*)(?:([.,])(\d*))?")


def within_the_calendar(day: date) -> None:
    """Refuse a day at either end of the calendar, where no month before or after can be said."""
    if day.year in (date.min.year, date.max.year):
        raise ValidationError(_("Choose another day."))


class Ambiguous(ValueError):
    """A number that may be read in two ways; `whole` and `part` are the two."""

    def __init__(self, whole: str, part: str) -> None:
        self.whole, self.part = whole, part
        super().__init__(f"{whole} or {part}")


def decimal_mark() -> str:
    """Return what stands before the decimals in the reader's language."""
    return str(get_decimal_symbol(formats.current_locale()))


def typed(number: Decimal) -> str:
    """Return a number as somebody types it in the reader's language, all its digits."""
    return f"{number:f}".replace(".", decimal_mark())


def read(text: str) -> Decimal:
    """Return the number of a text.

    :raises Ambiguous: if its only mark may part thousands or decimals: 1.234 where 1,5 is usual
    :raises ValueError: if it is no number
    """
    plain = BLANKS.sub("", text)
    if match := PLAIN.fullmatch(plain):
        whole, mark, part = match.groups(default="")
        if _is_ambiguous(whole, mark, part):
            raise Ambiguous(f"{whole}{part}", f"{whole}{decimal_mark()}{part}")
        return _number(whole, part)
    if (match := GROUPED.fullmatch(plain)) and match[2] != match[3]:
        return _number(re.sub(r"[.,'’]", "", match[1]), match[4] or "")
    raise ValueError(f"no number: {text}")


def _is_ambiguous(whole: str, mark: str, part: str) -> bool:
    """Tell whether the one mark, which is not that of the language, may part thousands."""
    may_group = len(part) == 3 and 1 <= len(whole.lstrip("+-0")) <= 3
    return bool(mark) and mark != decimal_mark() and may_group


def _number(whole: str, part: str) -> Decimal:
    if not re.search(r"\d", whole + part):
        raise ValueError("no digit")
    sign = -1 if whole.startswith("-") else 1
    return sign * Decimal(f"{whole.lstrip('+-') or '0'}.{part or '0'}")


class TypedDecimal(forms.DecimalField):
    """A decimal number in a form. What is not clear is asked back, and never guessed."""

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # as Django's
        if value in self.empty_values:
            return None
        try:
            return read(str(value))
        except Ambiguous as error:
            asked = _("Is it %(whole)s or %(part)s? Write no mark between thousands.")
            words = {"whole": error.whole, "part": error.part}
            raise ValidationError(asked % words, code="ambiguous") from error
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
