"""A tariff as customers read it: prices, hours, whom it is for. The very tariff that is rated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from statements.presentation.clock_strip import Strip, strips
from statements.pricing.detail.rates import Rate, rates, rules
from tariffs import engine, names


@dataclass(frozen=True)
class Card:
    """One tariff in words."""

    code: str
    name: str
    description: str
    benefits: str  # in the reader's language, or that of the utility
    rates: Sequence[Rate]
    rules: Sequence[str]  # how its blocks are meant
    strips: Sequence[Strip]  # its bands around the clock


def card(tariff: engine.Tariff, *, key: str = "") -> Card:
    """Return a tariff in words.

    :param key: tells the cards of one page apart where a tariff is on several
    """
    code = tariff.code
    return Card(
        code=code,
        name=names.told(tariff.name or code),
        description=tariff.description,
        benefits=_in_language(tariff.benefits),
        rates=rates(tariff),
        rules=rules(tariff),
        strips=strips(tariff, key=f"{key}{code}"),
    )


def _in_language(texts: dict[str, str]) -> str:
    language = (get_language() or "").partition("-")[0]
    return texts.get(language) or next(iter(texts.values()), "")
