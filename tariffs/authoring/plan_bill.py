"""What prices a bill of a plan: the tariffs of its services, its own charges, and its tax."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tariffs import engine, plans


@dataclass(frozen=True)
class PlanBill:
    """Ready for `sample`; the tariffs of services come first."""

    tariffs: tuple[engine.Tariff, ...]
    taxes: tuple[engine.Tax, ...]


def plan_bill(
    terms: plans.PlanTerms,
    services: Sequence[Mapping[str, Any]],
    taxes: Sequence[engine.Tax] = (),
) -> PlanBill:
    """Return what a plan, published or not, bills.

    :param services: definitions of the tariffs that it names
    :param taxes: those of the utility, which hold where the plan states no tax of its own
    :raises engine.TariffError: if a charge of the plan cannot be priced
    """
    totals = {str(each["commodity"]): each["total"] for each in services if each.get("total")}
    own = plans.own_tariffs(terms, totals).values()
    stated = [plans.tax_of(terms.tax, terms.currency)] if terms.tax else taxes
    return PlanBill(tuple(engine.parse(each) for each in (*services, *own)), tuple(stated))
