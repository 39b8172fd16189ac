"""Checks of numbers as entered: prices, percentages, bounds."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum

from tariffs.authoring.found import Check, error
from tariffs.authoring.numbers import MOST_DECIMALS, decimals, exact

HUNDRED = Decimal(100)


def amount(text: str, step: StrEnum, where: str) -> Iterator[Check]:
    """Find what is wrong with a price or another number that must not be below zero.

    Codes: number_missing, not_a_number, negative, decimals (with `most`).
    """
    if not text.strip():
        yield error(step, where, "number_missing")
        return
    number = exact(text)
    if number is None:
        yield error(step, where, "not_a_number", entered=text)
    elif number < 0:
        yield error(step, where, "negative", entered=text)
    elif decimals(number) > MOST_DECIMALS:
        yield error(step, where, "decimals", entered=text, most=MOST_DECIMALS)


def percentage(text: str, step: StrEnum, where: str, *, most: Decimal | None) -> Iterator[Check]:
    """Find what is wrong with a percentage; above `most` it is `above_most`."""
    wrong = list(amount(text, step, where))
    yield from wrong
    number = exact(text)
    if not wrong and most is not None and number is not None and number > most:
        yield error(step, where, "above_most", entered=text, most=most)
