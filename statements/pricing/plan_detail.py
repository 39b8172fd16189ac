"""What the page of one plan tells: its groups, its customers, and a sample bill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Count

from accounts.models import Commodity, ConsumerCategory
from statements.pricing.detail.rates import Rate, rates
from statements.pricing.overview import Growth
from statements.pricing.subscribers import as_the_day_begins, month_before, running
from tariffs import engine
from tariffs.authoring import PlanForm
from tariffs.authoring.plan_around import Around, RateFacts
from tariffs.authoring.plan_reading import loosely, shown_charge
from tariffs.models import Plan, PlanVersion, RateType
from tariffs.plan_wizard import around as book
from tariffs.plan_wizard import sample, told


@dataclass(frozen=True)
class Service:
    """A service of the plan: the tariff that prices it, and its prices in words."""

    word: str
    tariff: str
    code: str
    kind: str
    is_published: bool
    prices: tuple[Rate, ...]


@dataclass(frozen=True)
class Charge:
    """A charge of the plan itself in words."""

    name: str
    kind: str
    price: str
    service: str  # empty: common to all


@dataclass(frozen=True)
class Said:
    """The groups of the page."""

    description: str
    frequency: str
    tax: str
    categories: tuple[tuple[str, str], ...]  # category, its sub-categories; none: any
    services: tuple[Service, ...]
    own: tuple[Charge, ...]
    common: tuple[Charge, ...]


class SampleForm(forms.Form):
    """What the sample bill asks, with the use that is usual."""

    def __init__(self, data: Any, fields: Mapping[str, forms.Field]) -> None:
        super().__init__(data or None)
        self.fields |= fields


def said(version: PlanVersion, today: date) -> Said:
    """Return what a version says; four queries."""
    plan, around = _read(version, today)
    charges = [_charge(row, plan) for row in version.definition.get("charges", [])]
    return Said(
        description=plan.basics.description,
        frequency=str(PlanVersion.Frequency(version.frequency).label),
        tax=told.tax_words(plan.basics.tax, plan.basics.currency),
        categories=tuple(_categories(plan.categories)),
        services=tuple(_services(plan, around)),
        own=tuple(row for row in charges if row.service),
        common=tuple(row for row in charges if not row.service),
    )


def sampled(
    version: PlanVersion, today: date, zone: ZoneInfo, asked: Mapping[str, Any]
) -> tuple[SampleForm, sample.Priced]:
    """Return what the sample bill asks, and the bill of what was answered."""
    plan, around = _read(version, today)
    form = SampleForm(asked, dict(sample.fields(plan, around, version.definition)))
    return form, sample.sample(plan, around, asked, zone, version.definition)


def growth_of(plan: Plan, now_on: date) -> Growth:
    """Count the agreements on a plan as a day begins, and as the one a month before did."""
    before_on = month_before(now_on)
    now, before = (
        running(as_the_day_begins(day))
        .filter(plan_version__plan=plan)
        .aggregate(n=Count("agreement_id", distinct=True))["n"]
        for day in (now_on, before_on)
    )
    return Growth(now, before, before_on)


def _read(version: PlanVersion, today: date) -> tuple[PlanForm, Around]:
    """Return the plan as it would be priced: today where it holds today, else on its first day."""
    holds = version.starts_on <= today and (version.ends_on is None or version.ends_on > today)
    day = today if holds else version.starts_on
    plan = loosely(version.definition)
    plan = replace(plan, basics=replace(plan.basics, first_day=day))
    return plan, Around(today, rates=book.rates(day))


def _charge(row: Mapping[str, Any], plan: PlanForm) -> Charge:
    read = shown_charge(row)
    service = str(Commodity(read.commodity).label) if read.commodity else ""
    price = told.price_words(read, plan.basics.currency, plan.charges)
    return Charge(read.name, told.type_words(read), price, service)


def _categories(codes: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    rows = ConsumerCategory.objects.filter(code__in=codes).select_related("parent")
    by_main: dict[str, list[str]] = {}
    for row in rows.order_by("parent__name", "name"):
        subs = by_main.setdefault(str(row.parent or row), [])
        if row.parent:
            subs.append(str(row))
    yield from ((main, ", ".join(subs)) for main, subs in by_main.items())


def _services(plan: PlanForm, around: Around) -> Iterator[Service]:
    for row in (*plan.services, *plan.beside):
        rate = around.rates.get(row.tariff)
        if rate is not None:
            yield Service(
                str(Commodity(row.commodity).label),
                rate.name,
                rate.code,
                str(RateType(rate.rate_type).label),
                rate.is_published,
                tuple(_prices(rate)),
            )


def _prices(rate: RateFacts) -> list[Rate]:
    try:
        return rates(engine.parse(rate.definition))
    except engine.TariffError:
        return []
