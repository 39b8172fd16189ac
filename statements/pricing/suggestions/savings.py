"""Customers who would pay less on another plan, by a sample of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
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


def cheaper_plans(today: date, sample: int) -> Found:
    """Return for each plan who of a sample would save at least 5 percent on another one.

    The sample is spread evenly over all agreements with a plan; the same day gives the same.
    """
    found, keys = Found(), _agreements(today)
    chosen = spread(keys, sample)
    told = [advice(each, today) for each in CustomerAgreement.objects.filter(pk__in=chosen)]
    compared = [each for each in told if each.cheapest is not None]
    if len(compared) < len(keys):
        found.lacking.append(_lacking(len(compared), len(keys)))
    of_plan: dict[Plan, list[Advice]] = defaultdict(list)
    for each in compared:
        if each.present is not None:
            of_plan[each.present.version.plan].append(each)
    for plan in sorted(of_plan, key=lambda plan: (plan.name, plan.pk)):
        saving = [each for each in of_plan[plan] if saves(each)]
        if saving:
            found.suggestions.append(_suggestion(plan, of_plan[plan], saving))
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


def _suggestion(plan: Plan, compared: list[Advice], saving: list[Advice]) -> Suggestion:
    words = {
        "plan": plan,
        "count": formats.number(len(saving)),
        "compared": formats.number(len(compared)),
        "percent": formats.number(AT_LEAST),
    }
    others = _plans(each.cheapest.version.plan for each in saving if each.cheapest)
    return Suggestion(
        code=Code.CHEAPER_PLAN,
        objects=(plan, *others),
        evidence={"saving": len(saving), "compared": len(compared)},
        why=ngettext(
            "%(count)s of %(compared)s customer of %(plan)s in the sample would have paid at "
            "least %(percent)s %% less on another plan in the last twelve months.",
            "%(count)s of %(compared)s customers of %(plan)s in the sample would have paid at "
            "least %(percent)s %% less on another plan in the last twelve months.",
            len(compared),
        )
        % words,
        effect=_("They pay more than they need to, and may complain or leave."),
        act=_("Tell them of the other plan, or look at its prices."),
        agreements=tuple(each.agreement.pk for each in saving),
    )


def _plans(plans: Iterable[Plan]) -> list[Plan]:
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
