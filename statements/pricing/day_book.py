"""The price book of one day, held over all time: what months would cost at the prices of a day."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from datetime import date
from typing import TypeVar

from statements.rating.book import Dated, PriceBook
from tariffs.models import TaxRule

EVER = date(1970, 1, 1)
Held = TypeVar("Held", Dated, TaxRule)


def priced_as_on(book: PriceBook, days: Sequence[date]) -> PriceBook:
    """Return a book in which the prices and taxes of a day hold always.

    Plan versions are rated as they are named. Numbers of conversions stay those of their days:
    they tell what was delivered, not what it costs.

    :param days: the day, and others for tariffs that have no prices on the one before
    """
    plans = replace(book.plans, versions_of={})
    versions = {
        tariff: [replace(held, starts_on=EVER, ends_on=None)]
        for tariff, dated in book.versions_of.items()
        if (held := _first(dated, days))
    }
    taxes = [_always(rule) for rule in book.taxes if _holds(rule, days[0])]
    return replace(book, plans=plans, versions_of=versions, taxes=taxes, known={})


def _first(dated: Sequence[Dated], days: Sequence[date]) -> Dated | None:
    found = (each for day in days for each in dated if _holds(each, day))
    return next(found, None)


def _holds(dated: Held, day: date) -> bool:
    return dated.starts_on <= day and (dated.ends_on is None or day < dated.ends_on)


def _always(rule: TaxRule) -> TaxRule:
    found = copy(rule)  # the book is shared
    found.starts_on, found.ends_on = EVER, None
    return found
