"""The control in the header that says which property is looked at, and changes to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import access
from accounts.chosen import KEY
from meters.queries import places_of

MOST = 12  # of more, the page of all properties is the better list


@dataclass(frozen=True)
class Choice:
    """One property: its account number and how the person knows it."""

    number: str
    name: str
    is_chosen: bool


@dataclass(frozen=True)
class Switcher:
    """The properties to choose from; a list of one is shown as plain text."""

    choices: Sequence[Choice]
    count: int

    @property
    def chosen(self) -> Choice | None:
        return next((choice for choice in self.choices if choice.is_chosen), None)

    @property
    def is_short(self) -> bool:
        return self.count <= MOST


def switcher(request: HttpRequest, *, now: datetime) -> Switcher:
    """Return what the control shows; one query more for several accounts than for a single one."""
    seen = access.seen_by(request.user, now)
    number = request.session.get(KEY)
    numbers = [each.account.number for each in seen]
    chosen = number if number in numbers else next(iter(numbers), "")
    if len(seen) < 2:
        return Switcher([Choice(each, "", True) for each in numbers], len(seen))
    places = places_of([each.account.pk for each in seen if not each.name], now)
    choices = [
        Choice(
            number=each.account.number,
            name=each.name or next((p.address for p in places[each.account.pk]), ""),
            is_chosen=each.account.number == chosen,
        )
        for each in seen
    ]
    return Switcher(choices, len(seen))


def way_on(address: str, number: str) -> str:
    """Return where to go after the choice: the same page, of the account with this number.

    A page about one bill or payment belongs to another account, so home comes in its place.
    """
    home = reverse("home")
    if not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return home
    path = address.partition("?")[0]
    try:
        match = resolve(path)
    except Resolver404:
        return home
    if not match.kwargs:
        return path
    if match.route.startswith("accounts/<str:number>/") and _is_for_all(match.view_name):
        return reverse(match.view_name, kwargs={**match.kwargs, "number": number})
    return home


def _is_for_all(name: str) -> bool:
    """Tell whether everybody who sees an account sees this page of it: paying is another right."""
    return name == "payments:list" or name.partition(":")[0] in ("reports", "statements")
