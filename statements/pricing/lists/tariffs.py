"""The list of tariffs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Commodity
from accounts.offered import category_names
from core.periods import local_date
from core.tables import Choice, Column, Kind, Link, Table, Tag, Text, View
from statements.pricing.lists import narrowing
from statements.pricing.lists.plans_using import plans_using
from statements.pricing.subscribers import subscribers
from tariffs.models import RateType, TariffVersion
from tariffs.status import ItemStatus

TAGS = {
    ItemStatus.ACTIVE: "good",
    ItemStatus.SCHEDULED: "wait",
    ItemStatus.EXPIRED: "warn",
    ItemStatus.INACTIVE: "draft",
    ItemStatus.DRAFT: "draft",
}
WITHIN = [(str(n), gettext_lazy("%(count)s days")) for n in (30, 60, 90)]
COLUMNS = (
    Column("name", gettext_lazy("Name"), Kind.LINK, sort="name"),
    Column("code", gettext_lazy("Code"), sort="code", is_shown=False),
    Column("service", gettext_lazy("Service"), sort="commodity"),
    Column("kind", gettext_lazy("Rate type"), sort="rate_type", can_be_empty=True),
    Column("category", gettext_lazy("Category")),
    Column("first", gettext_lazy("Valid from"), Kind.DAY, sort="starts_on", can_be_empty=True),
    Column("last", gettext_lazy("Valid to")),
    Column("state", gettext_lazy("Status"), Kind.TAG, sort="status"),
    Column("version", gettext_lazy("Version"), sort="number", can_be_empty=True),
    Column("plans", gettext_lazy("Plans"), Kind.NUMBER),
    Column("customers", gettext_lazy("Customers"), Kind.NUMBER),
    Column("tags", gettext_lazy("Tags"), is_shown=False),
    Column("updated", gettext_lazy("Updated"), Kind.DAY, sort="changed_at", can_be_empty=True),
)
LOOKS = (
    (narrowing.IN_REVIEW, gettext_lazy("Waits for review")),
    (narrowing.OLD_DRAFT, gettext_lazy("Draft older than 30 days")),
    (narrowing.UNUSED, gettext_lazy("In no plan")),
)
VIEWS = (
    View(gettext_lazy("All"), ""),
    View(gettext_lazy("Active"), "status=active"),
    View(gettext_lazy("Not active"), "status=inactive"),
    View(gettext_lazy("Ending soon"), "ending=90"),
    View(gettext_lazy("Drafts"), "status=draft"),
)


@dataclass(frozen=True)
class Row:
    """One tariff; the attributes are the cells."""

    name: Link
    code: str
    service: str
    kind: str
    category: str
    first: date | None
    last: str | date
    state: Tag
    version: str
    plans: int
    customers: int
    tags: str
    updated: date | None


def table(today: date) -> Table:
    """Return the list as it is asked on a day."""
    return Table(
        name="tariffs",
        caption=gettext_lazy("Tariffs, by name"),
        columns=COLUMNS,
        filters=(
            Text("q", gettext_lazy("Name, code or tag"), narrowing.by_words, longest=60),
            Choice("service", gettext_lazy("Service"), Commodity.choices, narrowing.by_service),
            Choice("kind", gettext_lazy("Rate type"), RateType.choices, "rate_type"),
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
        nothing=gettext_lazy("There is no tariff yet: bring one in, or start from a template."),
        nothing_found=gettext_lazy("No tariff is like this."),
    )


def days() -> list[tuple[str, str]]:
    """Return how soon something ends, as choices."""
    return [(key, str(word) % {"count": key}) for key, word in WITHIN]


def rows(tariffs: Sequence[Any], *, at: datetime, zone: ZoneInfo) -> list[Row]:
    """Return the rows of these tariffs, in their order, in a constant number of queries.

    :param tariffs: of `shown.with_shown`
    """
    keys = [tariff.pk for tariff in tariffs]
    using, on = plans_using(keys), subscribers(None, at)
    names = category_names()
    shown = TariffVersion.objects.filter(pk__in=[t.shown_id for t in tariffs if t.shown_id])
    served = {
        pk: definition.get("eligibility", {}).get("categories", ())
        for pk, definition in shown.values_list("pk", "definition")
    }
    return [
        _row(
            tariff,
            served.get(tariff.shown_id, ()),
            names,
            plans=using[tariff.pk],
            customers=on.by_tariff[tariff.pk],
            zone=zone,
        )
        for tariff in tariffs
    ]


def _row(
    tariff: Any,
    served: Sequence[str],
    names: Mapping[str, str],
    *,
    plans: int,
    customers: int,
    zone: ZoneInfo,
) -> Row:
    state = ItemStatus(tariff.status)
    return Row(
        name=Link(tariff.name, reverse("statements:price_tariff", args=(tariff.code,))),
        code=tariff.code,
        service=str(Commodity(tariff.commodity).label),
        kind=str(RateType(tariff.rate_type).label) if tariff.rate_type else "",
        category=", ".join(names.get(code, code) for code in served) or _("All"),
        first=tariff.starts_on,
        last=narrowing.last_day(tariff.ends_on) or (_("Ongoing") if tariff.starts_on else ""),
        state=Tag(str(state.label), TAGS[state]),
        version=f"v{tariff.number}" if tariff.number else "",
        plans=plans,
        customers=customers,
        tags=", ".join(tariff.tags),
        updated=local_date(tariff.changed_at, zone) if tariff.changed_at else None,
    )
