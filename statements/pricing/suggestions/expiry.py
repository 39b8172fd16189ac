"""Plans and tariffs that end soon, and nobody said what follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formats
from statements.pricing import ending
from statements.pricing.subscribers import as_the_day_begins, subscribers
from statements.pricing.suggestions.found import Code, Suggestion
from tariffs.models import IN_FORCE, Plan, PlanTariff, Tariff

DAYS = 90


def plans_without_successor(today: date) -> QuerySet[Plan]:
    """Return plans that end in 90 days, for whose customers nothing is decided."""
    found = ending.expiring(ending.plans(), today, DAYS)
    return found.filter(afterwards=Plan.Afterwards.UNDECIDED).order_by("ends", "pk")


def tariffs_without_successor(today: date) -> QuerySet[Tariff]:
    """Return tariffs that end in 90 days without a later version, and that go on in a plan."""
    named = PlanTariff.objects.filter(
        Q(plan_version__ends_on__isnull=True) | Q(plan_version__ends_on__gt=OuterRef("ends")),
        plan_version__state__in=IN_FORCE,
        tariff=OuterRef("pk"),
    )
    found = ending.expiring(ending.tariffs(), today, DAYS)
    return found.filter(Exists(named)).order_by("ends", "pk")


def without_successor(today: date) -> Iterator[Suggestion]:
    """Yield what ends soon with nothing after it, with how many customers have it."""
    plans = list(plans_without_successor(today))
    tariffs = list(tariffs_without_successor(today))
    if not plans and not tariffs:
        return
    counts = subscribers(None, as_the_day_begins(today))
    for plan in plans:
        if counts.by_plan[plan.pk]:
            yield _plan(plan, counts.by_plan)
    for tariff in tariffs:
        yield _tariff(tariff, counts.by_tariff)


def _plan(plan: Plan, counts: Counter[int]) -> Suggestion:
    count = counts[plan.pk]
    words = {"plan": plan, "count": formats.number(count), "day": _end(plan)}
    return Suggestion(
        code=Code.NO_SUCCESSOR,
        objects=(plan,),
        evidence={"customers": count},
        why=ngettext(
            "%(plan)s ends on %(day)s, and nothing is decided for its %(count)s customer.",
            "%(plan)s ends on %(day)s, and nothing is decided for its %(count)s customers.",
            count,
        )
        % words,
        effect=_("They keep its prices after the end."),
        act=_("Name a successor, decide that they keep it, or publish a next version."),
    )


def _tariff(tariff: Tariff, counts: Counter[int]) -> Suggestion:
    count = counts[tariff.pk]
    words = {"tariff": tariff, "count": formats.number(count), "day": _end(tariff)}
    return Suggestion(
        code=Code.NO_SUCCESSOR,
        objects=(tariff,),
        evidence={"customers": count},
        why=ngettext(
            "%(tariff)s ends on %(day)s without a next version, and prices %(count)s customer.",
            "%(tariff)s ends on %(day)s without a next version, and prices %(count)s customers.",
            count,
        )
        % words,
        effect=_("Bills for days after the end cannot be calculated."),
        act=_("Publish a next version that begins where this one ends."),
    )


def _end(item: Plan | Tariff) -> str:
    """Return the last day, as people are shown it."""
    ends: date = item.ends  # type: ignore[union-attr] # there by `ending.with_end`
    return formats.day(date.fromordinal(ends.toordinal() - 1))
