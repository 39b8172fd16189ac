"""The public price list: every tariff in force or published for later, and the plans with it.

A plan stands with all that it charges: its own charges, and its own tax in place of those of the
utility, which stand with the tariff.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from accounts.models import Commodity, ConsumerCategory, ServiceArea
from accounts.offered import category_names
from statements.presentation.rate_card import Card, card
from statements.pricing.card_offers import Offer, offers, plan_versions
from statements.pricing.card_taxes import held, tax_classes, taxes_from
from statements.pricing.detail.rates import Rate
from statements.rating.versions import parsed
from tariffs import engine
from tariffs.models import PlanTariff, Tariff, TariffVersion, TaxRule

Nodes = Mapping[int, "Node"]


@dataclass(frozen=True)
class Node:
    """A category or an area: its name, and all above it with itself."""

    code: str
    name: str
    path: frozenset[int]


@dataclass(frozen=True)
class Later:
    """A version that is published and not in force yet."""

    number: int
    first: date


@dataclass(frozen=True)
class RateCard:
    """One tariff as everybody may read it."""

    code: str
    service: str
    number: int  # of the version that is shown
    card: Card
    first: date
    last: date | None  # none: ongoing
    is_later: bool  # it is not in force yet
    categories: Sequence[str]  # none: everybody
    areas: Sequence[str]
    taxes: Sequence[Rate]  # of the utility
    offers: Sequence[Offer]
    later: Sequence[Later]


def tariffs_offered(
    today: date, *, service: str = "", category: ConsumerCategory | None = None
) -> QuerySet[Tariff]:
    """Return the tariffs that are offered, by service and name.

    :param service: a commodity, or empty for all
    :param category: only those that its customers, or those below it, may have
    """
    versions = _published(today)
    found = Tariff.objects.filter(
        role=Tariff.Role.OFFERED, is_active=True, pk__in=versions.values("tariff")
    )
    if service:
        found = found.filter(commodity=service)
    if category:
        found = found.filter(pk__in=_for(category, today))
    return found.order_by("commodity", "name")


def cards(tariffs: Sequence[Tariff], today: date, *, number: int | None = None) -> list[RateCard]:
    """Return the cards of tariffs, in their order; a constant number of queries.

    :param number: a version that is shown in place of the one in force
    """
    by_tariff: dict[int, list[TariffVersion]] = defaultdict(list)
    rows = _published(today).filter(tariff__in=tariffs).order_by("starts_on", "number")
    for version in rows.defer("definition"):
        by_tariff[version.tariff_id].append(version)
    found = offers(tariffs, today)
    taxes = taxes_from(today)
    shown = {each.pk: _shown(by_tariff[each.pk], today, number) for each in tariffs}
    read = parsed([(row.pk, row.digest) for row in shown.values() if row])
    names = (category_names(), {node.code: node.name for node in _nodes(ServiceArea).values()})
    return [
        _card(
            each,
            row,
            read[row.pk],
            by_tariff[each.pk],
            found[each.pk],
            taxes,
            names,
            today,
        )
        for each in tariffs
        if (row := shown[each.pk])
    ]


def version_published(tariff: Tariff, today: date, number: int | None) -> TariffVersion | None:
    """Return the version in force, else the next one; or a published one by its number."""
    rows = _published(today).filter(tariff=tariff).order_by("starts_on", "number")
    return _shown(list(rows), today, number)


def _published(today: date) -> QuerySet[TariffVersion]:
    reaching = Q(ends_on__isnull=True) | Q(ends_on__gt=today)
    return TariffVersion.objects.in_force().filter(reaching)


def _shown(rows: Sequence[TariffVersion], today: date, number: int | None) -> TariffVersion | None:
    if number is not None:
        return next((row for row in rows if row.number == number), None)
    begun = [row for row in rows if row.starts_on <= today]
    return begun[-1] if begun else next(iter(rows), None)


def _card(
    tariff: Tariff,
    row: TariffVersion,
    read: engine.Tariff,
    rows: Sequence[TariffVersion],
    offers: Sequence[Offer],
    taxes: Sequence[TaxRule],
    names: tuple[Mapping[str, str], Mapping[str, str]],
    today: date,
) -> RateCard:
    categories, areas = names
    return RateCard(
        code=tariff.code,
        service=str(Commodity(tariff.commodity).label),
        number=row.number,
        card=card(read),
        first=row.starts_on,
        last=row.ends_on - timedelta(days=1) if row.ends_on else None,
        is_later=row.starts_on > today,
        categories=[categories.get(c, c) for c in read.eligibility.get("categories", ())],
        areas=[areas.get(code, code) for code in read.eligibility.get("areas", ())],
        taxes=held(taxes, read, max(today, row.starts_on), _classes(read, offers)),
        offers=offers,
        later=[Later(v.number, v.starts_on) for v in rows if v.starts_on > today and v != row],
    )


def _classes(read: engine.Tariff, offers: Sequence[Offer]) -> frozenset[str]:
    """Return the tax classes of all that is charged beside a tariff."""
    return tax_classes(read).union(*(offer.tax_classes for offer in offers))


def _for(category: ConsumerCategory, today: date) -> set[int]:
    """Return the tariffs of plans that customers of a category, or of one below it, may have."""
    nodes = _nodes(ConsumerCategory)
    near = {pk for pk, node in nodes.items() if category.pk in node.path}
    near |= nodes[category.pk].path
    versions = plan_versions(today)
    fitting = versions.filter(Q(categories__isnull=True) | Q(categories__category__in=near))
    rows = PlanTariff.objects.filter(
        plan_version__in=fitting.values("pk"), scope=PlanTariff.Scope.SERVICE
    )
    return set(rows.values_list("tariff", flat=True))


def _nodes(model: type[ConsumerCategory] | type[ServiceArea]) -> Nodes:
    rows = {pk: (code, name, up) for pk, code, name, up in model._default_manager.values_list(
        "pk", "code", "name", "parent_id"
    )}  # fmt: skip
    found = {}
    for pk, (code, name, _up) in rows.items():
        path, at = set[int](), pk
        while at in rows and at not in path:
            path.add(at)
            at = rows[at][2]
        found[pk] = Node(code, name, frozenset(path))
    return found
