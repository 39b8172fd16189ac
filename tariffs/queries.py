"""Which prices and taxes hold when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Q

from core.money import to_scaled
from tariffs import engine, tax_terms
from tariffs.engine.shape import PRICE_DIGITS
from tariffs.engine.taxes import TaxKind
from tariffs.models import TariffVersion, TaxRule

Validity = tuple[date, date | None, TariffVersion]  # first day, first day without, version

_parsed: dict[str, engine.Tariff] = {}


def versions_between(
    tariff_ids: Iterable[int], first: date, last: date
) -> dict[int, list[Validity]]:
    """Return the versions of each tariff in force on days from first to last, oldest first."""
    ids = list(tariff_ids)
    found: dict[int, list[Validity]] = {pk: [] for pk in ids}
    versions = TariffVersion.objects.in_force().filter(
        _reaches(first), tariff_id__in=ids, starts_on__lte=last
    )
    for version in versions.select_related("tariff").order_by("tariff_id", "starts_on", "pk"):
        found[version.tariff_id].append((version.starts_on, version.ends_on, version))
    return found


def engine_tariff(version: TariffVersion) -> engine.Tariff:
    """Return the version ready to price; parsed once, since its digest stands for its content."""
    if version.digest not in _parsed:
        _parsed[version.digest] = engine.parse(version.definition)
    return _parsed[version.digest]


def taxes_on(day: date, *, commodity: str | None = None) -> list[engine.Tax]:
    """Return the taxes of a day in the order in which they apply."""
    rules = TaxRule.objects.filter(_reaches(day), starts_on__lte=day)
    if commodity is not None:
        rules = rules.filter(commodity__in=("", commodity))
    return [engine_tax(rule) for rule in rules.order_by("position", "pk")]


def engine_tax(rule: TaxRule) -> engine.Tax:
    """Return the tax as the engine takes it; the rule is one that `clean` accepts."""
    return engine.Tax(
        code=rule.code,
        name=rule.name,
        rate=to_scaled(rule.rate, PRICE_DIGITS),
        tax_class=rule.tax_class,
        commodity=rule.commodity,
        on_taxes=tax_terms.codes(rule.on_taxes),
        kind=TaxKind(rule.kind),
        bands=tax_terms.bands(rule.bands, rule.currency) if rule.bands else (),
        amount=to_scaled(rule.amount or Decimal(0), PRICE_DIGITS),
        reason=rule.reason,
        above_minor=None if rule.above is None else tax_terms.minor(rule.above, rule.currency),
    )


def _reaches(day: date) -> Q:
    return Q(ends_on__isnull=True) | Q(ends_on__gt=day)
