"""Percentages and taxes of a tariff in words: of what they are taken, and in which parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formats
from statements.presentation import labels
from tariffs import names
from tariffs.engine.choices import Beside
from tariffs.engine.pieces import TaxBand
from tariffs.engine.shape import PercentCharge
from tariffs.engine.taxes import Tax, TaxKind

BESIDE: Mapping[Beside, str | Promise] = {
    Beside.ALL: gettext_lazy("all charges beside it"),
    Beside.ENERGY: gettext_lazy("charges by use"),
    Beside.FIXED: gettext_lazy("fixed charges"),
    Beside.DEMAND: gettext_lazy("demand charges"),
    Beside.CREDIT: gettext_lazy("what is fed back"),
}


def base(charge: PercentCharge, own: Mapping[str, str]) -> str:
    """Return of what a percentage is taken: "Energy, fixed charges".

    :param own: the name of each charge of the same tariff by its code
    """
    told = [own.get(code, code) for code in charge.of]
    return ", ".join([*told, *(str(BESIDE[kind]) for kind in charge.beside)])


def parts(charge: PercentCharge, currency: str) -> Iterator[str]:
    """Yield each percentage of a charge, with the part of the amount for which it holds."""
    if not charge.bands:
        yield labels.percent(charge.percent)
    for band in charge.bands:
        yield _part(band, currency)


def tax_words(tax: Tax, currency: str) -> str:
    """Return "Sales tax: 5%", or what else a tax comes to."""
    words = {"name": names.told(tax.name), "rate": tax_share(tax, currency)}
    return _("%(name)s: %(rate)s") % words


def tax_share(tax: Tax, currency: str) -> str:
    """Return what a tax comes to: "5%", "$2.00 per bill", "2% of what is up to $5.00"."""
    if tax.kind is TaxKind.EXEMPT:
        return tax.reason or _("exempt")
    if tax.kind is TaxKind.FLAT:
        words = {"price": formats.rate(tax.amount, currency), "each": labels.unit_words("bill")}
        return _("%(price)s %(each)s") % words
    if tax.kind is TaxKind.TIERED:
        return "; ".join(_part(band, currency) for band in tax.bands)
    return labels.percent(tax.rate)


def tax_bound(tax: Tax, currency: str) -> str:
    """Return "only above $5.00" of a tax that small amounts are free of."""
    if tax.above_minor is None:
        return ""
    return _("only above %(amount)s") % {"amount": formats.money(tax.above_minor, currency)}


def _part(band: TaxBand, currency: str) -> str:
    words = {"rate": labels.percent(band.percent)}
    if band.upper_minor is None:
        return _("%(rate)s of the rest") % words
    words["bound"] = formats.money(band.upper_minor, currency)
    return _("%(rate)s of what is up to %(bound)s") % words
