"""The list of plans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Commodity
from core.periods import local_date
from core.tables import Choice, Column, Kind, Link, Table, Tag, Text
from statements.pricing.lists import narrowing
from statements.pricing.lists.tariffs import TAGS, VIEWS, days
from statements.pricing.subscribers import subscribers
from tariffs.models import PlanCategory, PlanTariff, PlanVersion
from tariffs.status import ItemStatus

COLUMNS = (
    Column("name", gettext_lazy("Name"), Kind.LINK, sort="name"),
    Column("code", gettext_lazy("Short name"), sort="code", is_shown=False),
    Column("category", gettext_lazy("Category")),
    Column("billed", gettext_lazy("Billed"), is_shown=False),
    Column("services", gettext_lazy("Services")),
    Column("first", gettext_lazy("Valid from"), Kind.DAY, sort="starts_on", can_be_empty=True),
    Column("last", gettext_lazy("Valid to")),
    Column("state", gettext_lazy("Status"), Kind.TAG, sort="status"),
    Column("version", gettext_lazy("Version"), sort="number", can_be_empty=True, is_shown=False),
    Column("customers", gettext_lazy("Customers"), Kind.NUMBER),
    Column("tags", gettext_lazy("Tags"), is_shown=False),
    Column("updated", gettext_lazy("Updated"), Kind.DAY, sort="changed_at", can_be_empty=True),
)
LOOKS = (
    (narrowing.IN_REVIEW, gettext_lazy("Waits for review")),
    (narrowing.OLD_DRAFT, gettext_lazy("Draft older than 30 days")),
    (narrowing.LOSING, gettext_lazy("A tariff of it ends before")),
)


@dataclass(frozen=True)
class Row:
    """One plan; the attributes are the cells."""

    name: Link
    code: str
    category: str
    billed: str
    services: str
    first: date | None
    last: str | date
    state: Tag
    version: str
    customers: int
    tags: str
    updated: date | None


@dataclass(frozen=True)
class _Parts:
    """What the versions that are shown consist of, by version."""

    billed: Mapping[int, str]
    services: Mapping[int, list[str]]
    categories: Mapping[int, list[str]]


def table(today: date) -> Table:
    """Return the list as it is asked on a day."""
    return Table(
        name="plans",
        caption=gettext_lazy("Plans, by name"),
        columns=COLUMNS,
        filters=(
            Text("q", gettext_lazy("Name, short name or tag"), narrowing.by_words, longest=60),
            Choice("service", gettext_lazy("Service"), Commodity.choices, narrowing.by_service),
            Choice("status", gettext_lazy("Status"), ItemStatus.choices, narrowing.by_status),
            Choice(
                "category",
                gettext_lazy("Category"),
                narrowing.categories(),
                narrowing.by_category,
            ),
            Choice("area", gettext_lazy("Area"), narrowing.areas(), narrowing.by_area),
            Choice("ending", gettext_lazy("Ends within"), days(), narrowing.ending(today)),
            Choice("look", gettext_lazy("Needs a look"), LOOKS, narrowing.needing(today)),
        ),
        sort="name",
        views=VIEWS,
        nothing=gettext_lazy("There is no plan yet: bring one in when its tariffs are in force."),
        nothing_found=gettext_lazy("No plan is like this."),
    )


def rows(plans: Sequence[Any], *, at: datetime, zone: ZoneInfo) -> list[Row]:
    """Return the rows of these plans, in their order, in a constant number of queries.

    :param plans: of `shown.with_shown`
    """
    on = subscribers([plan.pk for plan in plans], at)
    parts = _parts([plan.shown_id for plan in plans if plan.shown_id])
    return [_row(plan, parts, customers=on.by_plan[plan.pk], zone=zone) for plan in plans]


def _parts(versions: Sequence[int]) -> _Parts:
    services: dict[int, list[str]] = defaultdict(list)
    categories: dict[int, list[str]] = defaultdict(list)
    bundled = PlanTariff.objects.filter(
        plan_version__in=versions, scope=PlanTariff.Scope.SERVICE
    ).order_by("pk")
    for version, commodity in bundled.values_list("plan_version_id", "tariff__commodity"):
        word = str(Commodity(commodity).label)
        if word not in services[version]:
            services[version].append(word)
    named = PlanCategory.objects.filter(plan_version__in=versions).order_by("category__name")
    for row in named.select_related("category"):
        categories[row.plan_version_id].append(str(row.category))
    billed = PlanVersion.objects.filter(pk__in=versions).values_list("pk", "frequency")
    words = {pk: str(PlanVersion.Frequency(said).label) for pk, said in billed}
    return _Parts(words, services, categories)


def _row(plan: Any, parts: _Parts, *, customers: int, zone: ZoneInfo) -> Row:
    state = ItemStatus(plan.status)
    return Row(
        name=Link(plan.name, reverse("statements:price_plan", args=[plan.code])),
        code=plan.code,
        category=", ".join(parts.categories.get(plan.shown_id, ())) or _("All"),
        billed=parts.billed.get(plan.shown_id, ""),
        services=", ".join(parts.services.get(plan.shown_id, ())),
        first=plan.starts_on,
        last=narrowing.last_day(plan.ends_on) or (_("Ongoing") if plan.starts_on else ""),
        state=Tag(str(state.label), TAGS[state]),
        version=f"v{plan.number}" if plan.number else "",
        customers=customers,
        tags=", ".join(plan.tags),
        updated=local_date(plan.changed_at, zone) if plan.changed_at else None,
    )
