"""Reads the price book of a window: plans, tariff versions, taxes and given numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    DateField,
    DecimalField,
    F,
    JSONField,
    Value,
)
from django.db.models.functions import Cast

from core.money import to_scaled
from core.periods import Period
from statements.rating.book import Dated, Given, PriceBook
from statements.rating.plan_book import Bundled, PlanBook
from statements.rating.versions import parsed
from tariffs import engine, plans
from tariffs.engine.shape import PRICE_DIGITS
from tariffs.models import IN_FORCE, GivenNumber, PlanTariff, Tariff, TariffVersion, TaxRule

Row = tuple[Any, ...]  # what it is, three numbers, its days, and the rest by kind of row
TAX, PLAN, VERSION, GIVEN = range(4)
RATE = DecimalField(max_digits=18, decimal_places=8)
TAX_FIELDS = (
    "code name commodity tax_class rate kind currency amount above bands reason on_taxes"
).split()
_last: tuple[Period, list[Row], PriceBook] | None = None


def open_book(window: Period) -> PriceBook:
    """Read the book for a window of time, in one query; the same book while it says the same."""
    global _last
    rows, known = _rows(window), _last  # one read: other threads may put theirs in its place
    if known is None or known[:2] != (window, rows):
        known = _last = window, rows, _book(rows)
    return known[2]


def _rows(window: Period) -> list[Row]:
    """Return the taxes, plans and tariff versions of the window, each in its order."""
    first = (window.starts_at - timedelta(days=1)).date()
    last = (window.ends_at + timedelta(days=1)).date()
    none, empty = Value(None, BigIntegerField()), Value("")
    rate, rows = Value(None, RATE), Value(None, JSONField())
    taxes = TaxRule.objects.filter(starts_on__lte=last).exclude(ends_on__lte=first)
    versions = TariffVersion.objects.filter(state__in=IN_FORCE, starts_on__lte=last)
    given = GivenNumber.objects.filter(starts_on__lte=last).exclude(ends_on__lte=first)
    no_day, no_terms = Value(None, DateField()), (empty, empty, rate, rate, rows, empty, empty)
    found = taxes.values_list(
        Value(TAX), F("position"), none, none, "starts_on", "ends_on", *TAX_FIELDS
    ).union(
        PlanTariff.objects.values_list(
            Value(PLAN), "plan_version_id", "pk", "tariff_id",
            "plan_version__starts_on", no_day,
            "scope", Cast("plan_version__plan_id", CharField()), "plan_version__state", empty, rate,
            empty, empty, rate, rate, "plan_version__tax", empty, empty,
        ),
        versions.exclude(ends_on__lte=first).values_list(
            Value(VERSION), "tariff_id", "pk", "tariff__position", "starts_on", "ends_on",
            "tariff__code", "digest", "tariff__role", empty, rate, *no_terms,
        ),
        given.values_list(
            Value(GIVEN), "pk", none, none, "starts_on", "ends_on",
            "code", empty, empty, empty, "value", *no_terms,
        ),
        all=True,
    )  # fmt: skip
    return sorted(found, key=_order)


def _order(row: Row) -> tuple[Any, ...]:
    kind, first, second, _, starts_on, _, code, *_ = row
    return (
        kind,
        first,
        (starts_on, second) if kind == VERSION else (code if kind == TAX else second),
    )


def _book(rows: Sequence[Row]) -> PriceBook:
    taxes = [
        TaxRule(starts_on=row[4], ends_on=row[5], **dict(zip(TAX_FIELDS, row[6:], strict=True)))
        for row in rows
        if row[0] == TAX
    ]
    given = [
        Given(row[6], to_scaled(row[10], PRICE_DIGITS), row[4], row[5])
        for row in rows
        if row[0] == GIVEN
    ]
    found = [row for row in rows if row[0] == VERSION]
    tariffs = parsed([(row[2], row[7]) for row in found])
    versions: dict[int, list[Dated]] = defaultdict(list)
    for _, tariff, pk, _, starts_on, ends_on, *_ in found:
        versions[tariff].append(Dated(pk, starts_on, ends_on, tariffs[pk]))
    return PriceBook(
        _plan_book([row for row in rows if row[0] == PLAN]),
        versions,
        {row[1]: row[6] for row in found},
        taxes,
        given,
        _discounts(found),
    )


def _plan_book(rows: Sequence[Row]) -> PlanBook:
    bundled: dict[int, list[Bundled]] = defaultdict(list)
    versions: dict[int, set[tuple[date, int]]] = defaultdict(set)
    plan_of: dict[int, int] = {}
    taxes: dict[int, engine.Tax] = {}
    for row in sorted(rows, key=lambda row: (row[1], row[2])):
        version, starts_on, plan, state, tax = row[1], row[4], int(row[7]), row[8], row[15]
        bundled[version].append(Bundled(row[3], row[6]))
        plan_of[version] = plan
        if state in IN_FORCE:
            versions[plan].add((starts_on, version))
        if tax:
            taxes[version] = plans.tax_in_force(tax)
    in_order = {plan: sorted(each) for plan, each in versions.items()}
    return PlanBook(bundled, plan_of, in_order, taxes)


def _discounts(versions: Sequence[Row]) -> tuple[int, ...]:
    """Return the tariffs that are discount policies, in the order in which they are taken."""
    found = {(row[3], row[1]) for row in versions if row[8] == Tariff.Role.DISCOUNT}
    return tuple(tariff for _, tariff in sorted(found))
