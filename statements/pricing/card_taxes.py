"""The taxes of the utility on a public rate card: those that its charges bear on a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import Q

from statements.pricing.detail.rates import Rate, tax_rate
from tariffs import engine
from tariffs.models import TaxRule
from tariffs.queries import engine_tax


def taxes_from(today: date) -> list[TaxRule]:
    """Return the taxes that hold on a day or later, in the order in which they apply."""
    reaching = Q(ends_on__isnull=True) | Q(ends_on__gt=today)
    return list(TaxRule.objects.filter(reaching).order_by("position", "pk"))


def held(
    rules: Sequence[TaxRule], tariff: engine.Tariff, day: date, classes: Collection[str]
) -> list[Rate]:
    """Return those that are taken on a day of what a tariff charges, in words.

    :param classes: of the charges; a tax of another one is taken only of earlier taxes
    """
    return [
        tax_rate(engine_tax(rule), tariff.currency)
        for rule in rules
        if _is_for(rule, tariff, day) and (rule.tax_class in classes or rule.on_taxes)
    ]


def tax_classes(tariff: engine.Tariff) -> frozenset[str]:
    return frozenset(charge.tax_class for charge in tariff.charges)


def _is_for(rule: TaxRule, tariff: engine.Tariff, day: date) -> bool:
    return (
        rule.commodity in ("", tariff.commodity)
        and rule.currency in ("", tariff.currency)
        and rule.starts_on <= day
        and (rule.ends_on is None or rule.ends_on > day)
    )
