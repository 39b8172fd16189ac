"""Facts about accounts and places that tariffs ask for: conditions and attributes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from accounts.models import CustomerAccount
from core.money import NotExact, to_scaled
from meters.models import CustomerAgreement
from statements.models import AccountCondition
from statements.problems import Problem

THOUSANDTHS = 3  # decimals of an attribute
GREATEST = 10**9


class Condition(NamedTuple):
    """A name that holds for an account in a range of days; without bounds, always."""

    name: str
    starts_on: date | None = None
    ends_on: date | None = None


class Place(NamedTuple):
    """Where an agreement delivers, and what is noted of the location."""

    location_id: int
    code: str
    attributes: Mapping[str, Any]


def conditions_of(account_ids: Collection[int]) -> dict[int, list[Condition]]:
    """Return what holds for accounts, by the names of `docs/reference/conditions.md`."""
    found: dict[int, list[Condition]] = defaultdict(list)
    for account, kind, need, own, main, first, end in _accounts(account_ids):
        found[account].append(Condition(f"customer:{kind}"))
        found[account] += [Condition("special-need")] if need else []
        codes = [code for code in (own, main) if code]
        found[account] += [Condition(f"category:{code}", first, end) for code in codes]
    stated = AccountCondition.objects.filter(account_id__one_of=list(account_ids))
    rows = stated.values_list("account_id", "name", "starts_on", "ends_on")
    for account, name, starts_on, ends_on in rows:
        found[account].append(Condition(name, starts_on, ends_on))
    return found


def _accounts(account_ids: Collection[int]) -> Iterable[tuple[Any, ...]]:
    accounts = CustomerAccount.objects.filter(pk__one_of=list(account_ids))
    return accounts.values_list(
        "pk",
        "customer__kind",
        "customer__has_special_need",
        "categories__category__code",
        "categories__category__parent__code",
        "categories__starts_on",
        "categories__ends_on",
    )


def holding(conditions: Iterable[Condition], on: date) -> set[str]:
    """Return the names that hold on a day."""
    return {
        each.name
        for each in conditions
        if (each.starts_on is None or each.starts_on <= on)
        and (each.ends_on is None or on < each.ends_on)
    }


def places_of(agreement_ids: Sequence[int]) -> dict[int, Place]:
    """Return where agreements deliver; one query."""
    location = "usage_point__location"
    rows = CustomerAgreement.objects.filter(pk__one_of=list(agreement_ids)).values_list(
        "pk", f"{location}_id", f"{location}__code", f"{location}__attributes"
    )
    return {pk: Place(*place) for pk, *place in rows}


def attributes(place: Place | None, names: Collection[str]) -> tuple[tuple[str, int], ...]:
    """Return attributes of a location in thousandths, by name.

    :raises Problem: if one is missing, no number, negative, or finer than thousandths
    """
    if place is None:
        return ()
    return tuple((name, _thousandths(place, name)) for name in sorted(names))


def _thousandths(place: Place, name: str) -> int:
    value = place.attributes.get(name)
    where = f"location {place.code}: attribute {name!r}"
    if value is None:
        raise Problem("bad_attribute", f"{where} is missing")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Problem("bad_attribute", f"{where} is {value!r}, not a number")
    if not 0 <= value < GREATEST:  # refuses what is no number, too
        raise Problem("bad_attribute", f"{where} is {value!r}")
    try:
        return to_scaled(Decimal(repr(value)), THOUSANDTHS)
    except NotExact:
        raise Problem("bad_attribute", f"{where} has more than three decimals") from None
