"""Would another plan cost less? The last twelve months, priced under each plan that fits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.periods import Period, days_in, midnight
from meters.models import CustomerAgreement
from statements.operations.assign import next_cycle
from statements.pricing.candidates import fitting_plans
from statements.pricing.costing import Costing, Total
from statements.pricing.reading import costing, months_before
from statements.problems import Problem
from tariffs.models import PlanVersion

MONTHS = 12
ENOUGH = 80  # percent of the days; below it nothing is called the cheapest


@dataclass(frozen=True)
class PlanCost:
    """What the compared months cost under one plan, with tax, in minor units."""

    version: PlanVersion
    total_minor: int
    difference_minor: int | None  # to the present plan, if that has a price; below zero: saved


@dataclass(frozen=True)
class Unpriced:
    """A plan that fits, but cannot price what was measured."""

    version: PlanVersion
    problem: Problem


@dataclass(frozen=True)
class Advice:
    """Plans compared over the same months, at the prices of one day."""

    agreement: CustomerAgreement
    currency: str
    priced_on: date  # the day whose prices count
    months: tuple[Period, ...]  # those that were compared, oldest first
    covered_days: int  # of the compared months
    days: int  # of all twelve
    present: PlanCost | None  # none: without a plan, or it cannot be priced
    others: tuple[PlanCost, ...]  # the cheapest first; savings and losses alike
    unpriced: tuple[Unpriced, ...]
    unfinished: tuple[PlanVersion, ...]  # fit, but have no price for all of what was used
    agreements: tuple[int, ...]  # whose cost is in the totals: it, and those billed with it

    @property
    def coverage_percent(self) -> int:
        return self.covered_days * 100 // self.days

    @property
    def is_enough(self) -> bool:
        return self.covered_days * 100 >= self.days * ENOUGH

    @property
    def cheapest(self) -> PlanCost | None:
        """The plan that would have cost least, the present one among equals.

        None where the readings cover too little, or there is nothing to compare with.
        """
        if self.present is None or not self.is_enough:
            return None
        return min((self.present, *self.others), key=lambda each: each.total_minor)


def advice(agreement: CustomerAgreement, today: date) -> Advice:
    """Compare what the last twelve whole months cost under every plan that fits.

    All months are priced by the tariff versions, plan versions and taxes that hold today: what
    the customer would pay from now on, not what was billed. A tariff without prices today counts
    with those of the day from which the plan could be had. The present plan is priced the same
    way. Only whole months count whose readings are all there and valid, the same for each plan.
    Peaks, yearly sums and credit are carried from month to month as the plan would have had them,
    with nothing before the first. A plan without a price for some of what was used is named and
    not compared, unless the present one is such a plan: its customers know what they pay for.

    :param today: the day at the place
    """
    agreement = _whole(agreement)
    zone = agreement.usage_point.location.zone
    from_then = next_cycle(agreement, now=midnight(today, zone))
    day = from_then.astimezone(zone).date()
    plans = {version.pk: version for version in fitting_plans(agreement, day)}
    months = months_before(today, zone, count=MONTHS)
    cost = costing(agreement, months, (today, day), list(plans))
    present = _present(cost, plans)
    others = [each for each in plans.values() if present is None or each.plan != present.plan]
    wanted = [*([present] if present else []), *others]
    cost, unpriced = _read(cost, wanted)
    totals = _totals(cost, [each for each in wanted if each.pk not in unpriced], unpriced)
    return _advice(cost, today, months, present, others, totals, unpriced)


def _whole(agreement: CustomerAgreement) -> CustomerAgreement:
    related = CustomerAgreement.objects.select_related("account__customer", "usage_point__location")
    return related.get(pk=agreement.pk)


def _present(cost: Costing, plans: dict[int, PlanVersion]) -> PlanVersion | None:
    version = cost.plan_of.get(cost.agreement.pk)
    if version is None:
        return None
    return plans.get(version) or PlanVersion.objects.select_related("plan").get(pk=version)


def _read(cost: Costing, wanted: list[PlanVersion]) -> tuple[Costing, dict[int, Problem]]:
    """Read the readings once, with the first plan that can be priced at all."""
    unpriced: dict[int, Problem] = {}
    for version in wanted:
        try:
            return cost.with_readings(version.pk), unpriced
        except Problem as problem:
            unpriced[version.pk] = problem
    return cost.without_months(), unpriced


def _totals(
    cost: Costing, wanted: list[PlanVersion], unpriced: dict[int, Problem]
) -> dict[int, Total]:
    totals = {}
    for version in wanted:
        try:
            totals[version.pk] = cost.total(version.pk)
        except Problem as problem:
            unpriced[version.pk] = problem
    return totals


def _advice(
    cost: Costing,
    today: date,
    months: list[Period],
    present: PlanVersion | None,
    others: list[PlanVersion],
    totals: dict[int, Total],
    unpriced: dict[int, Problem],
) -> Advice:
    own = totals.get(present.pk) if present else None
    base = own.minor if own else None
    unfinished = () if own and own.leaves_use_free else _unfinished(others, totals)
    costs = [
        _cost(version, totals[version.pk].minor, base)
        for version in others
        if version.pk in totals and version not in unfinished
    ]
    costs.sort(key=lambda each: (each.total_minor, each.version.plan.name))
    all_ = [*([present] if present else []), *others]
    return Advice(
        agreement=cost.agreement,
        currency=cost.agreement.account.currency,
        priced_on=today,
        months=tuple(cost.months),
        covered_days=sum(days_in(month, cost.zone) for month in cost.months),
        days=sum(days_in(month, cost.zone) for month in months),
        present=PlanCost(present, base, 0) if present and base is not None else None,
        others=tuple(costs),
        unpriced=tuple(Unpriced(v, unpriced[v.pk]) for v in all_ if v.pk in unpriced),
        unfinished=unfinished,
        agreements=tuple(sorted({each.agreement_id for each in cost.metered})),
    )


def _unfinished(others: list[PlanVersion], totals: dict[int, Total]) -> tuple[PlanVersion, ...]:
    """Return the plans that bill a part of what was used at nothing."""
    return tuple(each for each in others if each.pk in totals and totals[each.pk].leaves_use_free)


def _cost(version: PlanVersion, total_minor: int, base: int | None) -> PlanCost:
    return PlanCost(version, total_minor, None if base is None else total_minor - base)
