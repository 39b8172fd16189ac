"""Who uses a tariff: plans that name it, and how many customers are on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from core.tables import Tag
from statements.pricing.lists.tariffs import TAGS
from statements.pricing.subscribers import subscribers
from tariffs.models import IN_FORCE, Plan, PlanTariff, Tariff
from tariffs.status import ItemStatus, with_status


@dataclass(frozen=True)
class User:
    """A plan that names the tariff."""

    plan: Any
    tag: Tag
    versions: str
    customers: int


@dataclass(frozen=True)
class Used:
    """All who use a tariff."""

    plans: Sequence[User]
    customers: int  # priced by it today


def used(tariff: Tariff, *, today: date, now: datetime) -> Used:
    """Return the plans that name a tariff, drafts included; five queries."""
    numbers: dict[int, list[str]] = defaultdict(list)
    named = PlanTariff.objects.filter(tariff=tariff, scope=PlanTariff.Scope.SERVICE)
    columns = ("plan_version__plan_id", "plan_version__number", "plan_version__state")
    for plan, number, state in named.values_list(*columns).order_by("plan_version__number"):
        word = f"v{number}" if state in IN_FORCE else _("v%(number)s, not in force")
        numbers[plan].append(word if state in IN_FORCE else word % {"number": number})
    on = subscribers(None, now)
    plans = with_status(Plan.objects.filter(pk__in=numbers), today).order_by("name")
    return Used([_user(plan, numbers[plan.pk], on.by_plan[plan.pk]) for plan in plans],
                on.by_tariff[tariff.pk])  # fmt: skip


def _user(plan: Any, versions: Sequence[str], customers: int) -> User:
    state = ItemStatus(plan.status)
    return User(plan, Tag(str(state.label), TAGS[state]), "; ".join(versions), customers)
