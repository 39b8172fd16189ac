"""The price book as it would be with a draft in it, and whom the draft concerns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from core.periods import Period
from statements.problems import Problem
from statements.rating.book import Dated, PriceBook
from statements.rating.plan_book import COMMON, OWN, SERVICE, Bundled
from statements.rating.versions import tariffs_by_version
from tariffs import engine, plans
from tariffs.models import PlanTariff, PlanVersion, Tariff, TariffVersion
from tariffs.operations.fitting import totals_of

Draft = TariffVersion | PlanVersion


def with_draft(book: PriceBook, draft: Draft, window: Period) -> PriceBook:
    """Return the book with the draft in place of all versions of its tariff or plan.

    It holds for the whole window, whatever its own days are.

    :raises Problem: if the draft has another definition by now
    """
    first = (window.starts_at - timedelta(days=1)).date()  # local days begin before those of UTC
    if isinstance(draft, PlanVersion):
        return _with_plan(book, draft, first)
    return _with_tariff(book, draft, first)


def _with_tariff(book: PriceBook, draft: TariffVersion, first: date) -> PriceBook:
    tariff = tariffs_by_version([(draft.pk, draft.digest)])[draft.pk]
    versions = dict(book.versions_of) | {draft.tariff_id: [Dated(draft.pk, first, None, tariff)]}
    codes = dict(book.codes) | {draft.tariff_id: draft.tariff.code}
    discounts = _discounts(book, draft.tariff)
    return replace(book, versions_of=versions, codes=codes, discounts=discounts, known={})


def _discounts(book: PriceBook, tariff: Tariff) -> tuple[int, ...]:
    """Return the discounts in the order in which they are taken, with that of the draft."""
    held = tuple(book.discounts)
    if tariff.role != Tariff.Role.DISCOUNT or tariff.pk in held:
        return held
    found = Tariff.objects.filter(pk__in=[*held, tariff.pk]).order_by("position", "pk")
    return tuple(found.values_list("pk", flat=True))


def _with_plan(book: PriceBook, draft: PlanVersion, first: date) -> PriceBook:
    """Put in a plan, its own charges as the tariffs that they become when it is published.

    Those have no keys yet: they are told by numbers below zero.
    """
    if engine.digest(draft.definition) != draft.digest:
        raise Problem("bad_tariff", f"plan version {draft.pk} has another definition by now")
    versions, bundled = dict(book.versions_of), _services(draft)
    for n, (commodity, definition) in enumerate(_own(draft), 1):
        versions[-n] = [Dated(-n, first, None, engine.parse(definition))]
        bundled.append(Bundled(-n, OWN if commodity else COMMON))
    held = book.plans
    taxes = {key: tax for key, tax in held.taxes.items() if key != draft.pk}
    changed = replace(
        held,
        bundled=dict(held.bundled) | {draft.pk: bundled},
        plan_of=dict(held.plan_of) | {draft.pk: draft.plan_id},
        versions_of=dict(held.versions_of) | {draft.plan_id: [(first, draft.pk)]},
        taxes=taxes | ({draft.pk: plans.tax_in_force(draft.tax)} if draft.tax else {}),
    )
    return replace(book, plans=changed, versions_of=versions, known={})


def _services(draft: PlanVersion) -> list[Bundled]:
    rows = PlanTariff.objects.filter(plan_version=draft, scope=PlanTariff.Scope.SERVICE)
    return [Bundled(key, SERVICE) for key in rows.order_by("pk").values_list("tariff", flat=True)]


def _own(draft: PlanVersion) -> Sequence[tuple[str, dict[str, object]]]:
    own = plans.own_tariffs(plans.read(draft.definition), totals_of(draft))
    return list(own.items())


def main_service(draft: Draft) -> str:
    """Return the commodity whose use is counted: units of several do not add up."""
    if isinstance(draft, TariffVersion):
        return draft.tariff.commodity
    return str(draft.definition["services"][0]["commodity"])
