"""Discount policies as pages show them: what each takes off, whom it reaches, and its versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AccountCategory, Customer, CustomerAccount
from accounts.offered import category_names
from core.tables import Tag
from meters.models import CustomerAgreement
from statements.models import AccountCondition
from statements.pricing.lists.narrowing import last_day
from statements.pricing.lists.tariffs import TAGS
from tariffs.models import IN_FORCE, Tariff, TariffVersion, VersionState
from tariffs.plans.discount import CHARGES, Stacking
from tariffs.status import ItemStatus, status

OF: Mapping[str, str | Promise] = {
    "@energy": gettext_lazy("charges by use"),
    "@fixed": gettext_lazy("fixed charges"),
    "@demand": gettext_lazy("demand charges"),
    "@all": gettext_lazy("what discounts before it have left"),
}
STACKING: Mapping[str, str | Promise] = {
    Stacking.ADDS: gettext_lazy("Beside others, each taken of the charges"),
    Stacking.AFTER: gettext_lazy("After others, of what they have left"),
    Stacking.INSTEAD: gettext_lazy("Instead of others: only the first that fits"),
}
STATES = {
    VersionState.DRAFT: "draft",
    VersionState.IN_REVIEW: "wait",
    VersionState.PUBLISHED: "good",
    VersionState.SUPERSEDED: "off",
    VersionState.WITHDRAWN: "off",
}


@dataclass(frozen=True)
class Version:
    """One version of a policy in words."""

    version: TariffVersion
    percent: str
    of: Sequence[str]
    whom: Sequence[str]
    first: date
    last: date | None
    tag: Tag


@dataclass(frozen=True)
class Policy:
    """A policy with the version that holds, comes next, or was written last."""

    tariff: Tariff
    shown: Version
    status: Tag
    stacking: str
    reaches: int  # accounts that fulfil its conditions now
    versions: Sequence[Version] = ()


def policies(discounts: QuerySet[Tariff], *, now: datetime, today: date) -> list[Policy]:
    """Return the policies in the order in which they are taken; the number of queries is fixed."""
    ordered = discounts.order_by("commodity", "position", "pk")
    found = list(ordered.prefetch_related("versions__author", "versions__approver"))
    shown = [(each, _shown(list(each.versions.all()), today)) for each in found]
    known = [(tariff, version) for tariff, version in shown if version is not None]
    reached = _reached(known, now, today)
    names = _categories(version for _tariff, version in known)
    return [_policy(tariff, version, reached[tariff.pk], names, today) for tariff, version in known]


def _policy(
    tariff: Tariff, shown: TariffVersion, reaches: int, names: Mapping[str, str], today: date
) -> Policy:
    versions = sorted(tariff.versions.all(), key=lambda version: -version.number)
    state = status(versions, today, is_active=tariff.is_active)
    return Policy(
        tariff,
        _told(shown, names),
        Tag(str(ItemStatus(state).label), TAGS[state]),
        str(STACKING.get(tariff.stacking, STACKING[Stacking.ADDS])),
        reaches,
        [_told(version, names) for version in versions],
    )


def _shown(versions: Sequence[TariffVersion], today: date) -> TariffVersion | None:
    """Return the version of today, else the next one, else the last."""
    in_force = [each for each in versions if each.state in IN_FORCE]
    reaching = [each for each in in_force if each.ends_on is None or each.ends_on > today]
    if reaching:
        return min(reaching, key=lambda version: version.starts_on)
    return max(in_force or versions, key=lambda version: version.number, default=None)


def _told(version: TariffVersion, names: Mapping[str, str]) -> Version:
    (charge,) = version.definition["charges"]
    return Version(
        version,
        str(charge["percent"]),
        _of(charge["of"]),
        [condition_words(each, names) for each in charge["when"]],
        version.starts_on,
        last_day(version.ends_on),
        Tag(version.get_state_display(), STATES[VersionState(version.state)]),
    )


def _of(kinds: Sequence[str]) -> list[str]:
    """Say of what it is taken, in one word where that is everything."""
    if set(kinds) == set(CHARGES):
        return [_("all charges")]
    return [str(OF.get(each, each)) for each in kinds]


def condition_words(condition: Any, names: Mapping[str, str]) -> str:
    """Say a condition of an account in words."""
    if isinstance(condition, Mapping):
        other = condition_words(condition.get("not", ""), names)
        return _("everybody but: %(condition)s") % {"condition": other}
    if condition == "special-need":
        return _("customers with a special need")
    kind, _colon, rest = str(condition).partition(":")
    if kind == "category":
        return _("category %(name)s") % {"name": names.get(rest, rest)}
    if kind == "customer" and rest in Customer.Kind.values:
        return str(Customer.Kind(rest).label)
    return _("accounts that staff marked as “%(name)s”") % {"name": condition}


def _categories(versions: Iterable[TariffVersion]) -> dict[str, str]:
    text = " ".join(str(version.definition["charges"]) for version in versions)
    return category_names() if "category:" in text else {}


def _reached(
    policies: Sequence[tuple[Tariff, TariffVersion]], now: datetime, today: date
) -> dict[int, int]:
    """Count the accounts with a service now for which the conditions hold; one query."""
    counts = {
        f"of_{tariff.pk}": Count("pk", filter=_whom(tariff, version, now, today))
        for tariff, version in policies
    }
    found = CustomerAccount.objects.aggregate(**counts) if counts else {}
    return {tariff.pk: found[f"of_{tariff.pk}"] for tariff, _version in policies}


def _whom(tariff: Tariff, version: TariffVersion, now: datetime, today: date) -> Q:
    (charge,) = version.definition["charges"]
    running = CustomerAgreement.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now),
        account=OuterRef("pk"),
        starts_at__lte=now,
        usage_point__commodity=tariff.commodity,
    )
    held = [_held(condition, today) for condition in charge["when"]]
    return reduce(and_, held, Q(Exists(running)))


def _held(condition: Any, today: date) -> Q:
    """Return the accounts for which a condition holds on a day."""
    if isinstance(condition, Mapping):
        return ~_held(condition["not"], today)
    kind, _colon, rest = str(condition).partition(":")
    if condition == "special-need":
        return Q(customer__has_special_need=True)
    if kind == "customer":
        return Q(customer__kind=rest)
    holding = (Q(ends_on__isnull=True) | Q(ends_on__gt=today)) & Q(starts_on__lte=today)
    if kind == "category":
        code = Q(category__code=rest) | Q(category__parent__code=rest)
        return Q(Exists(AccountCategory.objects.filter(holding, code, account=OuterRef("pk"))))
    noted = AccountCondition.objects.filter(holding, account=OuterRef("pk"), name=condition)
    return Q(Exists(noted))
