"""The tree of categories or areas with who uses each: the numbers that the lists come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from accounts.models import AccountCategory, Commodity, ConsumerCategory, ServiceArea
from meters.models import LocationArea
from statements.operations.served.changing import Node
from statements.pricing.lists.shown import with_shown
from tariffs.models import EligibilityKey, Plan, PlanArea, PlanCategory, PlanTariff, Tariff

Pairs = Iterable[tuple[Any, Any]]


@dataclass(frozen=True)
class Line:
    """A category or area, how deep it lies, and who uses it with all below it."""

    node: Any
    depth: int
    holders: int  # accounts of a category today, locations of an area
    tariffs: int
    plans: int

    @property
    def service(self) -> str:
        return str(Commodity(self.node.commodity).label)


def lines(nodes: Sequence[Node], *, today: date) -> list[Line]:
    """Return the tree, each above what belongs to it, in a constant number of queries."""
    model = type(nodes[0]) if nodes else ConsumerCategory
    below = _below(nodes)
    holders, tariffs = _by_node(_holders(model, today)), _by_node(_tariffs(model, today))
    plans = _Plans(model, today)
    return [
        Line(
            node,
            depth,
            holders=len(_all(holders, below[node.pk])),
            tariffs=len(_all(tariffs, below[node.pk])),
            plans=plans.count(node, {*below[node.pk], *_above(node, nodes)}),
        )
        for node, depth in _ordered(nodes)
    ]


def _ordered(nodes: Sequence[Node]) -> Iterable[tuple[Node, int]]:
    children: dict[int | None, list[Node]] = defaultdict(list)
    for node in sorted(nodes, key=lambda each: (_service(each), str(each).lower(), each.pk)):
        children[node.parent_id].append(node)

    def walk(parent: int | None, depth: int) -> Iterable[tuple[Node, int]]:
        for node in children[parent]:
            yield node, depth
            yield from walk(node.pk, depth + 1)

    return walk(None, 0)


def _below(nodes: Sequence[Node]) -> dict[int, set[int]]:
    """Return for each node itself and all that belongs to it."""
    found: dict[int, set[int]] = defaultdict(set)
    for node in nodes:
        for above in (node.pk, *_above(node, nodes)):
            found[above].add(node.pk)
    return found


def _above(node: Node, nodes: Sequence[Node]) -> list[int]:
    parents = {each.pk: each.parent_id for each in nodes}
    found, at = [], node.parent_id
    while at is not None:
        found.append(at)
        at = parents[at]
    return found


def _holders(model: type[Node], today: date) -> Pairs:
    if model is ServiceArea:
        return LocationArea.objects.values_list("area_id", "location_id")
    reaching = Q(ends_on__isnull=True) | Q(ends_on__gt=today)
    rows = AccountCategory.objects.filter(reaching, starts_on__lte=today)
    return rows.filter(account__status="open").values_list("category_id", "account_id")


def _tariffs(model: type[Node], today: date) -> Pairs:
    offered = with_shown(Tariff.objects.filter(role=Tariff.Role.OFFERED), today)
    shown = list(offered.values_list("shown_id", flat=True))
    field = "area_id" if model is ServiceArea else "category_id"
    rows = EligibilityKey.objects.filter(version_id__one_of=[pk for pk in shown if pk])
    return rows.filter(**{f"{field}__isnull": False}).values_list(field, "version_id").distinct()


def _by_node(pairs: Pairs) -> Mapping[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for node, user in pairs:
        found[node].add(user)
    return found


def _all(found: Mapping[int, set[int]], keys: Collection[int]) -> set[int]:
    empty: set[int] = set()
    return empty.union(*(found.get(key, empty) for key in keys))


def _service(node: Node) -> str:
    return node.commodity if isinstance(node, ServiceArea) else ""


class _Plans:
    """Which of the plan versions that lists show fit a category or area."""

    def __init__(self, model: type[Node], today: date) -> None:
        shown = with_shown(Plan.objects.all(), today).values_list("shown_id", flat=True)
        self.shown = {pk for pk in shown if pk}
        keys = list(self.shown)
        self.named: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
        self.services: dict[str, set[int]] = defaultdict(set)
        if model is ConsumerCategory:
            rows = PlanCategory.objects.filter(plan_version_id__one_of=keys)
            for version, category in rows.values_list("plan_version_id", "category_id"):
                self.named[""][version].add(category)
            self.services[""] = self.shown
            return
        areas = PlanArea.objects.filter(plan_version_id__one_of=keys)
        told = areas.values_list("area__commodity", "plan_version_id", "area_id")
        for commodity, version, area in told:
            self.named[commodity][version].add(area)
        services = PlanTariff.objects.filter(plan_version_id__one_of=keys, scope="service")
        for commodity, version in services.values_list("tariff__commodity", "plan_version_id"):
            self.services[commodity].add(version)

    def count(self, node: Node, line: Collection[int]) -> int:
        """Count those for any, and those that name one of the line: above it, itself, below it."""
        service = _service(node)
        named = self.named[service]
        wanted = set(line)
        return sum(
            1 for pk in self.services[service] if pk not in named or named[pk] & wanted
        )  # fmt: skip
