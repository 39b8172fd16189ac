"""What a page may say without a translation: data, and what is written by Babel."""

from __future__ import annotations

import re
from collections.abc import Iterator

from babel.dates import get_day_names, get_month_names
from django.apps import apps
from django.conf import settings
from django.db import models

BY_BABEL = "|".join(
    name
    for width in ("wide", "abbreviated")
    for names in (get_month_names, get_day_names)
    for name in names(width, locale="en").values()
)
DATA = (
    re.compile(rf"(({BY_BABEL}|\d+|\W)+)"),  # by Babel, as are amounts and quantities
    re.compile(r"\S+@\S+"),
    re.compile(r"[A-Z]{3}"),  # a currency
    re.compile(r"[\w:./#-]*\d[\w:./#-]*"),  # numbers and references
    re.compile(r"PDF|CSV|JSON|Meterbook|kWh|Wh|kW|m³"),
    re.compile(r"[\d.,\s]+(k?Wh|kW|m³|l|h|min)"),
)
VERSION = re.compile(r" v\d+$")  # of a tariff, after its name
# Languages call themselves so.
NAMES = {*dict(settings.LANGUAGES).values(), *settings.LANGUAGE_NAMES.values()}


def what_stands_in_rows(*, but=()) -> set[str]:
    """Return names, notes, names of prices: whatever somebody typed."""
    found = set(NAMES)
    for model in set(apps.get_models()) - set(but):
        fields = [field for field in model._meta.local_concrete_fields if is_typed(field)]
        if fields and model._meta.managed:
            for row in model._base_manager.values_list(*(field.name for field in fields)):
                found |= {each for value in row for each in texts_in(value)}
    return found


def is_typed(field) -> bool:
    if isinstance(field, models.JSONField):
        return True
    is_text = isinstance(field, models.CharField | models.TextField)
    return is_text and not field.choices


def texts_in(value) -> Iterator[str]:
    """Yield a text and its lines; of what holds others, theirs."""
    if isinstance(value, str):
        yield " ".join(value.split())
        yield from (" ".join(line.split()) for line in value.splitlines())
    elif isinstance(value, dict):
        yield from (text for each in value.values() for text in texts_in(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in texts_in(each))


def is_data(text: str, known: set[str]) -> bool:
    """Tell whether each part of the text is; parts are joined by signs."""
    whole = " ".join(text.split()).strip(' :·–|›,().;→×+“”"')
    whole = VERSION.sub("", whole)
    if whole in known or any(form.fullmatch(whole) for form in DATA):
        return True
    parts = [part for part in re.split(r"\s*[–·,:()|;]\s+|\s+[–·]\s+", whole) if part]
    return len(parts) > 1 and all(is_data(part, known) for part in parts)
