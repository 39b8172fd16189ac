"""Tariffs to start from: whole definitions, each with bills worked by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tariffs import engine
from tariffs.exchange.entries import Definition
from tariffs.exchange.export import file_of

FOLDER = Path(__file__).parent / "templates"
TITLES: Mapping[str, Promise] = {
    "flat": _("One price"),
    "water-blocks": _("Water in three slabs"),
    "time-of-use": _("Three prices by the time of day"),
    "seasonal": _("Summer and winter"),
    "ev-night": _("Cheap nights for electric cars"),
    "prepaid": _("Prepaid, by the day"),
    "irrigation": _("Irrigation by season"),
}

ABOUT: Mapping[str, Promise] = {  # as their definitions say in English
    "flat": _("One price for every kWh, and a charge for the connection."),
    "water-blocks": _(
        "The first slab is cheap for what everybody needs; who uses more pays more for the rest."
    ),
    "time-of-use": _("Cheap at night and at weekends, dear in the evenings of working days."),
    "seasonal": _("A quarter off the price from October to May."),
    "ev-night": _("Six hours each night at a third of the price, to load a car."),
    "prepaid": _(
        "A charge for each day and one price, so that every day takes its own cost from what was "
        "paid ahead."
    ),
    "irrigation": _(
        "Water for fields: in the growing season the first 500 m³ are cheap; in the other months "
        "little is charged."
    ),
}


@dataclass(frozen=True)
class Template:
    """A tariff to start from."""

    key: str
    title: Promise
    text: str

    @property
    def about(self) -> Promise:
        return ABOUT[self.key]

    @property
    def definition(self) -> Definition:
        """A definition of one's own, to change."""
        return engine.load(self.text)


@cache
def templates() -> tuple[Template, ...]:
    """Return all templates in the order in which they are offered."""
    return tuple(
        Template(key, title, (FOLDER / f"{key}.json").read_text(encoding="utf-8"))
        for key, title in TITLES.items()
    )


def template(key: str) -> Template | None:
    """Return the template of a key, if there is one."""
    return next((each for each in templates() if each.key == key), None)


def filled_example(form: str) -> bytes:
    """Return a file with every template, to be changed and brought in.

    :param form: json, csv or xlsx; rows do not state worked examples, so sheets have none
    """
    return file_of([_shown(each.definition, form) for each in templates()], form)


def _shown(definition: Mapping[str, Any], form: str) -> Definition:
    kept = set(definition) - (set() if form == "json" else {"examples"})
    return {name: value for name, value in definition.items() if name in kept}
