"""Whose bills a shadow run compares: all with the tariff or plan, or a chosen part of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet

from accounts.models import AccountCategory, ServiceArea
from core.periods import Period
from statements.models import PlanAssignment
from statements.pricing.shadow.draft import Draft
from tariffs.models import PlanTariff, PlanVersion, Tariff

SEED = 20260101


@dataclass(frozen=True)
class Population:
    """What an account must have; nothing stated is everybody who had the tariff or plan."""

    plans: tuple[str, ...] = ()  # codes
    categories: tuple[str, ...] = ()  # codes; a main category means all its sub-categories
    areas: tuple[str, ...] = ()  # codes of service areas; one means its parts, too
    sample: int = 0  # so many of them, drawn by the seed; 0: all
    seed: int = SEED

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Population:
        return cls(
            tuple(stored["plans"]),
            tuple(stored["categories"]),
            tuple(stored["areas"]),
            stored["sample"],
            stored["seed"],
        )

    def as_json(self) -> dict[str, Any]:
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}


class Member(NamedTuple):
    """An account of a population, with its sub-category on the last day; empty if it has none."""

    account_id: int
    category: str


def members(
    population: Population, draft: Draft, window: Period, *, last_day: date
) -> list[Member]:
    """Return the accounts that had the tariff or plan in the window, by key.

    Two queries, and one for each level of the areas.

    The same sample is drawn from the same accounts, and a greater one contains a smaller one.
    """
    keys = sorted(set(_assignments(population, draft, window)))
    category = _categories(keys, last_day)
    if population.categories:
        wanted = set(population.categories)
        keys = [key for key in keys if wanted & set(category.get(key, ()))]
    return [Member(key, category.get(key, ("",))[0]) for key in _drawn(keys, population)]


def _assignments(population: Population, draft: Draft, window: Period) -> QuerySet[Any, int]:
    """Return the accounts of agreements that the draft could price at any time of the window."""
    found = PlanAssignment.objects.filter(_open_in(window, "") & _open_in(window, "agreement__"))
    found = found.filter(**_having(draft))
    if population.plans:
        found = found.filter(plan_version__plan__code__in=population.plans)
    if population.areas:
        at = "agreement__usage_point__location__areas"
        service = F("agreement__usage_point__commodity")
        within = {f"{at}__area__in": _with_parts(population.areas), f"{at}__commodity": service}
        found = found.filter(**within)
    return found.values_list("agreement__account_id", flat=True)


def _with_parts(areas: Iterable[str]) -> set[int]:
    """Return areas by code and all that lie within them, however deep."""
    found, at = set[int](), Q(code__in=list(areas))
    while below := set(ServiceArea.objects.filter(at).values_list("pk", flat=True)) - found:
        found |= below
        at = Q(parent__in=below)
    return found


def _having(draft: Draft) -> dict[str, Any]:
    """Return what an assignment has whose agreement has the tariff or plan."""
    if isinstance(draft, PlanVersion):
        return {"plan_version__plan": draft.plan_id}
    named = {"plan_version__plan__in": _bundling(draft.tariff).values("plan_version__plan")}
    if draft.tariff.role == Tariff.Role.PLAN:  # charges of a plan may be common to its services
        return named
    return {**named, "agreement__usage_point__commodity": draft.tariff.commodity}


def _open_in(window: Period, path: str) -> Q:
    ends = Q(**{f"{path}ends_at__isnull": True}) | Q(**{f"{path}ends_at__gt": window.starts_at})
    return ends & Q(**{f"{path}starts_at__lt": window.ends_at})


def _bundling(tariff: Tariff) -> QuerySet[PlanTariff]:
    """Return where plans name the tariff; a discount comes into all plans of its commodity."""
    if tariff.role == Tariff.Role.DISCOUNT:
        return PlanTariff.objects.filter(tariff__commodity=tariff.commodity)
    return PlanTariff.objects.filter(tariff=tariff)


def _categories(keys: list[int], on: date) -> dict[int, tuple[str, ...]]:
    """Return the sub-category of accounts on a day, and its main category, by code."""
    held = AccountCategory.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on, account_id__one_of=keys
    )
    rows = held.values_list("account_id", "category__code", "category__parent__code")
    return {account: tuple(filter(None, codes)) for account, *codes in rows}


def _drawn(keys: list[int], population: Population) -> Iterable[int]:
    if not population.sample or population.sample >= len(keys):
        return keys

    def lot(key: int) -> str:
        return hashlib.sha256(f"{population.seed}:{key}".encode()).hexdigest()

    return sorted(sorted(keys, key=lot)[: population.sample])
