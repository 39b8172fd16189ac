"""Customers who would pay less on another plan, by a sample of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formats
from meters.models import CustomerAgreement
from statements.pricing.advice import Advice, advice
from statements.pricing.subscribers import as_the_day_begins, running
from statements.pricing.suggestions.found import Code, Found, Lacking, Suggestion
from tariffs.models import Plan

AT_LEAST = 5  # percent of what the present plan costs


@dataclass(frozen=True)
class Saving:
    """The customers of a plan who would pay less on others."""

    plan: int
    others: tuple[int, ...]  # plans, by name
    compared: int  # of its customers in the sample
    agreements: tuple[int, ...]  # of those who would save


@dataclass(frozen=True)
class Savings:
    """What comparing the plans of a sample of customers gave; words are made when it is shown."""

    customers: int = 0  # with a plan
    compared: int = 0
    rows: tuple[Saving, ...] = ()


def compare_plans(today: date, sample: int) -> Savings:
    """Return for each plan who of a sample would save at least 5 percent on another one.

    The sample is spread evenly over all agreements with a plan; the same day gives the same.
    """
    keys = _agreements(today)
    chosen = spread(keys, sample)
    told = [advice(each, today) for each in CustomerAgreement.objects.filter(pk__in=chosen)]
    compared = [each for each in told if each.cheapest is not None]
    of_plan: dict[Plan, list[Advice]] = defaultdict(list)
    for each in compared:
        if each.present is not None:
            of_plan[each.present.version.plan].append(each)
    rows = [_saving(plan, of_plan[plan]) for plan in _by_name(of_plan)]
    return Savings(len(keys), len(compared), tuple(row for row in rows if row.agreements))


def _saving(plan: Plan, compared: list[Advice]) -> Saving:
    saving = [each for each in compared if saves(each)]
    others = _by_name(each.cheapest.version.plan for each in saving if each.cheapest)
    return Saving(
        plan.pk,
        tuple(other.pk for other in others),
        len(compared),
        tuple(each.agreement.pk for each in saving),
    )


def cheaper_plans(savings: Savings) -> Found:
    """Say who would pay less, and how many could not be compared."""
    found = Found()
    if savings.compared < savings.customers:
        found.lacking.append(_lacking(savings.compared, savings.customers))
    named = {key for row in savings.rows for key in (row.plan, *row.others)}
    plans = Plan.objects.in_bulk(named)
    found.suggestions += [_suggestion(row, plans) for row in savings.rows if row.plan in plans]
    return found


def saves(found: Advice) -> bool:
    """Say whether the cheapest plan would cost at least 5 percent less than the present one."""
    best, present = found.cheapest, found.present
    if best is None or present is None or present.total_minor <= 0:
        return False
    saved = present.total_minor - best.total_minor
    return saved > 0 and saved * 100 >= present.total_minor * AT_LEAST


def spread(keys: list[int], count: int) -> list[int]:
    """Return so many of the keys, evenly spread."""
    if count >= len(keys):
        return keys
    return [keys[place * len(keys) // count] for place in range(count)]


def _agreements(today: date) -> list[int]:
    runs = running(as_the_day_begins(today))
    return list(runs.values_list("agreement_id", flat=True).order_by("agreement_id"))


def _suggestion(row: Saving, plans: Mapping[int, Plan]) -> Suggestion:
    plan, saving = plans[row.plan], len(row.agreements)
    words = {
        "plan": plan,
        "count": formats.number(saving),
        "compared": formats.number(row.compared),
        "percent": formats.number(AT_LEAST),
    }
    return Suggestion(
        code=Code.CHEAPER_PLAN,
        objects=(plan, *(plans[key] for key in row.others if key in plans)),
        evidence={"saving": saving, "compared": row.compared},
        why=ngettext(
            "%(count)s of %(compared)s customer of %(plan)s in the sample would have paid at "
            "least %(percent)s %% less on another plan in the last twelve months.",
            "%(count)s of %(compared)s customers of %(plan)s in the sample would have paid at "
            "least %(percent)s %% less on another plan in the last twelve months.",
            row.compared,
        )
        % words,
        effect=_("They pay more than they need to, and may complain or leave."),
        act=_("Tell them of the other plan, or look at its prices."),
        agreements=row.agreements,
    )


def _by_name(plans: Iterable[Plan]) -> list[Plan]:
    return sorted(set(plans), key=lambda plan: (plan.name, plan.pk))


def _lacking(compared: int, count: int) -> Lacking:
    words = {"compared": formats.number(compared), "count": formats.number(count)}
    return Lacking(
        Code.CHEAPER_PLAN,
        count - compared,
        ngettext(
            "Plans were compared for %(compared)s of %(count)s customer: those of the sample "
            "whose readings cover enough of the last twelve months.",
            "Plans were compared for %(compared)s of %(count)s customers: those of the sample "
            "whose readings cover enough of the last twelve months.",
            count,
        )
        % words,
    )
