"""A tariff as customers read it: prices, hours, whom it is for. The very tariff that is rated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import formats
from statements.presentation import labels
from statements.presentation.clock_strip import Strip, strips
from statements.pricing.detail.rates import Rate, rates, rules
from tariffs import engine, names
from tariffs.engine.pieces import TaxBand
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
        rates=prices(tariff),
        rules=rules(tariff),
        strips=strips(tariff, key=f"{key}{code}"),
    )


def prices(tariff: engine.Tariff) -> list[Rate]:
    """Return every price of a tariff in the order in which they are billed, then its taxes."""
    charged = rates(replace(tariff, taxes=()))
    return [*charged, *(tax_rate(tax, tariff.currency) for tax in tariff.taxes)]


def tax_rate(tax: Tax, currency: str) -> Rate:
    """Return what a tax comes to as a line beside the prices."""
    above = ""
    if tax.above_minor is not None:
        above = _("only above %(amount)s") % {"amount": formats.money(tax.above_minor, currency)}
    return Rate(names.told(tax.name), above, _("tax"), _rate(tax, currency))


def tax_words(tax: Tax, currency: str) -> str:
    """Return "Sales tax: 5%", or what else a tax comes to."""
    words = {"name": names.told(tax.name), "rate": _rate(tax, currency)}
    return _("%(name)s: %(rate)s") % words


def _rate(tax: Tax, currency: str) -> str:
    if tax.kind is TaxKind.EXEMPT:
        return tax.reason or _("exempt")
    if tax.kind is TaxKind.FLAT:
        words = {"price": formats.rate(tax.amount, currency), "each": labels.unit_words("bill")}
        return _("%(price)s %(each)s") % words
    if tax.kind is TaxKind.TIERED:
        return "; ".join(_tier(band, currency) for band in tax.bands)
    return labels.percent(tax.rate)


def _tier(band: TaxBand, currency: str) -> str:
    """Return the percentage of one part of the taxed amount: "2% of what is up to $5.00"."""
    words = {"rate": labels.percent(band.percent)}
    if band.upper_minor is None:
        return _("%(rate)s of the rest") % words
    words["bound"] = formats.money(band.upper_minor, currency)
    return _("%(rate)s of what is up to %(bound)s") % words


def _in_language(texts: dict[str, str]) -> str:
    language = (get_language() or "").partition("-")[0]
    return texts.get(language) or next(iter(texts.values()), "")
