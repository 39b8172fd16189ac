"""Which prices and taxes hold when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from accounts import offered
from accounts.models import Commodity, ConsumerCategory, ServiceArea
from core.money import to_scaled
from tariffs import engine, tax_terms
from tariffs.engine.shape import PRICE_DIGITS
from tariffs.engine.taxes import TaxKind
from tariffs.models import IN_FORCE, Tariff, TariffVersion, TaxRule, VersionState

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


def tariff_called(name: str, *, but: str) -> Tariff | None:
    """Return the tariff that plans may name and that has this name, unless it has the code."""
    named = Tariff.objects.filter(role=Tariff.Role.OFFERED, name__iexact=name.strip())
    return named.exclude(code=but).first()


def is_code_taken(code: str) -> bool:
    """Say whether a tariff, a discount or the charges of a plan have this code."""
    return Tariff.objects.filter(code=code).exists()


def newest_version(tariff: Tariff) -> TariffVersion | None:
    return tariff.versions.select_related("tariff", "author").order_by("-number").first()


def version_before(version: TariffVersion) -> TariffVersion | None:
    """Return the version of the same tariff before this one, if there is one that counts."""
    earlier = TariffVersion.objects.filter(tariff_id=version.tariff_id, number__lt=version.number)
    return earlier.exclude(state=VersionState.WITHDRAWN).order_by("-number").first()


def version_on(tariff: Tariff, day: date) -> TariffVersion | None:
    """Return the version in force on a day, or the last that was."""
    begun = tariff.versions.filter(state__in=IN_FORCE, starts_on__lte=day)
    return begun.order_by("-starts_on", "-pk").first()


def tax_classes() -> list[str]:
    """Return the classes of which some tax is taken."""
    named = TaxRule.objects.exclude(tax_class="").order_by("tax_class")
    return list(named.values_list("tax_class", flat=True).distinct())


def categories_offered() -> list[ConsumerCategory]:
    """Return the consumer categories that new prices may be for."""
    return list(offered.categories().order_by("code"))


def discounts_called(code: str) -> QuerySet[Tariff]:
    """Return the discounts that were written with a code, for one service or for several."""
    codes = [f"discount-{code}", *(f"discount-{code}-{service}" for service in Commodity.values)]
    return Tariff.objects.filter(code__in=codes)


def category_names(codes: Iterable[str]) -> dict[str, str]:
    """Return how the consumer categories of these codes are called, also those not offered."""
    return {node.code: str(node) for node in ConsumerCategory.objects.filter(code__in=codes)}


def area_names(codes: Iterable[str]) -> dict[str, str]:
    """Return how the areas of these codes are called, also those not offered."""
    return {node.code: str(node) for node in ServiceArea.objects.filter(code__in=codes)}


def tariff_names(codes: Iterable[str]) -> dict[str, str]:
    """Return how the tariffs of these codes are called; one that does not exist is left out."""
    return dict(Tariff.objects.filter(code__in=codes).values_list("code", "name"))


def areas_offered() -> list[ServiceArea]:
    """Return the areas that new prices may be for."""
    return list(offered.areas().order_by("commodity", "code"))
