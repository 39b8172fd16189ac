"""All answers in words, for the page before the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Commodity
from core import formats
from core.wizard import Fact
from tariffs import queries
from tariffs.authoring.state import (
    BandRow,
    FixedRate,
    FlatRate,
    PercentRow,
    Rate,
    SeasonalRate,
    SlabRate,
    TariffForm,
)
from tariffs.models import RateType
from tariffs.wizard import typed, words


def facts(state: TariffForm) -> list[Fact]:
    """Return what was answered, each with the step that changes it."""
    return [*_basics(state), *_rates(state.rate), *_charges(state), *_examples(state)]


def _basics(state: TariffForm) -> Iterator[Fact]:
    basics = state.basics
    yield Fact(typed.BASICS, _("Name"), basics.name)
    yield Fact(typed.BASICS, _("Code"), basics.code)
    yield Fact(typed.BASICS, _("Service"), Commodity(basics.commodity).label)
    yield Fact(typed.BASICS, _("Valid"), _validity(state))
    categories = queries.category_names(basics.categories)
    yield Fact(typed.BASICS, _("Consumer categories"), _named(basics.categories, categories))
    areas = queries.area_names(basics.areas)
    yield Fact(typed.BASICS, _("Areas"), _named(basics.areas, areas))
    if basics.description:
        yield Fact(typed.BASICS, _("Description"), basics.description)


def _named(codes: Sequence[str], names: Mapping[str, str]) -> str:
    return ", ".join(names.get(code, code) for code in codes) or _("Any")


def _validity(state: TariffForm) -> str:
    first, last = state.basics.first_day, state.basics.last_day
    if first is None:
        return ""
    if last is None:
        return _("From %(first)s, ongoing") % {"first": formats.day(first)}
    days = {"first": formats.day(first), "last": formats.day(last)}
    return _("From %(first)s to %(last)s, both days included") % days


def _rates(rate: Rate) -> Iterator[Fact]:
    yield Fact(typed.TYPE, _("Rate type"), RateType(rate.rate_type).label)
    if isinstance(rate, FlatRate):
        yield Fact(typed.RATES, _("Unit rate"), rate.price)
    elif isinstance(rate, FixedRate):
        yield Fact(typed.RATES, _("Amount"), rate.charge.price)
    elif isinstance(rate, SlabRate):
        yield from _slabs(rate)
    elif isinstance(rate, SeasonalRate):
        for row in rate.rows:
            days = {"first": words.month_day(row.first), "last": words.month_day(row.last)}
            when = _("%(first)s to %(last)s") % days
            price = formats.number(row.price if row.price is not None else Decimal(0))
            yield Fact(typed.RATES, f"{row.name}, {when}", price)
    else:
        for band in rate.bands:
            yield Fact(typed.RATES, f"{band.name}: {_hours(band)}", band.price)


def _hours(band: BandRow) -> str:
    """Return the hours of a rate with the days on which they are: Every day 22:00–06:00."""
    return "; ".join(
        f"{words.day_type(words.day_names(w.days))} {w.starts}–{w.ends}" for w in band.windows
    )


def _slabs(rate: SlabRate) -> Iterator[Fact]:
    lower = "0"
    for row in rate.rows:
        if row.up_to is not None and lower == "0":
            word = _("Up to %(upper)s") % {"upper": row.up_to}
        elif row.up_to is None:
            word = _("Over %(lower)s") % {"lower": lower}
        else:
            word = _("Over %(lower)s up to %(upper)s") % {"lower": lower, "upper": row.up_to}
        yield Fact(typed.RATES, word, row.price)
        lower = row.up_to or ""


def _charges(state: TariffForm) -> Iterator[Fact]:
    rows = (*state.charges.standing, *state.charges.others)
    for row in rows:
        value = f"{row.percent} %" if isinstance(row, PercentRow) else row.price
        yield Fact(typed.CHARGES, row.name or row.code, value)
    if not rows:
        yield Fact(typed.CHARGES, _("Further charges"), _("None"))


def _examples(state: TariffForm) -> Iterator[Fact]:
    count = len(state.examples)
    said = ngettext("%(count)s bill", "%(count)s bills", count) % {"count": count}
    yield Fact(typed.PREVIEW, _("Worked by hand"), said if count else _("None"))
