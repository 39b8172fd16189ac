"""A tariff as customers read it: prices, hours, whom it is for. The very tariff that is rated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import formats
from statements.presentation import labels
from statements.presentation.clock_strip import Strip, strips
from statements.pricing.detail.rates import Rate, rates, rules
from tariffs import engine, names
from tariffs.engine.taxes import Tax, TaxKind


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


def tax_words(tax: Tax, currency: str) -> str:
    """Return "Sales tax: 5%", or what else a tax comes to."""
    words = {"name": names.told(tax.name), "rate": _rate(tax, currency)}
    return _("%(name)s: %(rate)s") % words


def _rate(tax: Tax, currency: str) -> str:
    if tax.kind is TaxKind.EXEMPT:
        return _("exempt")
    if tax.kind is TaxKind.FLAT:
        return formats.rate(tax.amount, currency)
    if tax.kind is TaxKind.TIERED:
        return _("%(least)s to %(most)s, by the amount") % {
            "least": labels.percent(min(band.percent for band in tax.bands)),
            "most": labels.percent(max(band.percent for band in tax.bands)),
        }
    return labels.percent(tax.rate)


def _in_language(texts: dict[str, str]) -> str:
    language = (get_language() or "").partition("-")[0]
    return texts.get(language) or next(iter(texts.values()), "")
