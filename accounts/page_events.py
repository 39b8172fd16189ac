"""Notes how the pages of plans and tariffs are used: by role, for some days, never by name.

A note keeps no name, address or number of a login. `who` is a keyed digest of the person and the
day: it counts people, and another day gives the same person another one.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.http import HttpRequest

from accounts.models import PageEvent, User
from accounts.staff import role_names
from core import clock
from core.encryption import blind_index

logger = logging.getLogger(__name__)
Event = PageEvent.Event
LONGEST, MOST = 80, 20  # letters of a text, entries of a list
PLACES = ("manage/prices/", "manage/tariffs/", "manage/plans/")  # how the routes begin
PROPERTIES: Mapping[str, frozenset[str]] = {
    Event.DASHBOARD_VIEWED: frozenset(),
    Event.TARIFF_FILTERED: frozenset({"list", "filters", "found"}),
    Event.STATUS_CHANGED: frozenset({"before", "after", "reason", "count", "kind"}),
    Event.FILE_MOVED: frozenset({"direction", "format", "records", "outcome", "kind"}),
    Event.TARIFF_CREATED: frozenset({"kind", "service", "rate_type", "seconds", "way"}),
    Event.RATES_MODIFIED: frozenset({"item", "fields", "before", "after", "kind"}),
    Event.HISTORY_VIEWED: frozenset({"item", "version", "kind"}),
    Event.COMPARED: frozenset({"item", "versions", "export", "kind"}),
    Event.SAMPLE_VIEWED: frozenset({"item", "levels", "rate_type", "kind"}),
    Event.BENEFITS_OPENED: frozenset({"item", "seconds", "kind"}),
    Event.SHARED: frozenset({"item", "format", "destination"}),
    Event.TARIFF_SOUGHT: frozenset({"terms", "found", "list"}),
    Event.PAGE_LEFT: frozenset({"page", "item", "seconds", "sections"}),
}


def note(request: HttpRequest, event: str, **properties: object) -> None:
    """Note what somebody did, unless they or the installation want no notes.

    A page never fails for a note that cannot be written.

    :raises TypeError: if the event has no such property
    """
    if unknown := set(properties) - PROPERTIES[event]:
        raise TypeError(f"{event} has no {', '.join(sorted(unknown))}")
    if not is_wanted(request):
        return
    at = clock.real_now()
    try:
        with transaction.atomic():
            PageEvent.objects.create(
                event=event,
                role="+".join(sorted(role_names(request.user)))[:120],
                who=_who(request.user, at),
                at=at,
                properties={name: _plain(value) for name, value in properties.items()},
            )
    except DatabaseError:
        logger.warning("page_event.lost", extra={"event": event})


def is_wanted(request: HttpRequest) -> bool:
    """Say whether notes are taken here, and of this person: their browser can refuse."""
    is_refused = "1" in (request.headers.get("DNT"), request.headers.get("Sec-GPC"))
    return settings.PAGE_EVENTS and not is_refused and bool(role_names(request.user))


def is_timed(request: HttpRequest) -> bool:
    """Say whether this page tells how long it was open: those of plans and tariffs do."""
    match = request.resolver_match
    return match is not None and match.route.startswith(PLACES) and is_wanted(request)


def seconds_since(request: HttpRequest, page: str) -> int | None:
    """Return how long ago this person left a page today, as that page told; None if it did not."""
    if not is_wanted(request):
        return None
    now = clock.real_now()
    left = PageEvent.objects.filter(
        event=Event.PAGE_LEFT, who=_who(request.user, now), properties__page=page
    )
    last = left.order_by("-pk").first()
    return round((now - last.at).total_seconds()) if last else None


def forget_old(real_now: datetime) -> int:
    """Delete the notes that are kept no longer and return how many."""
    since = real_now - timedelta(days=settings.PAGE_EVENTS_DAYS)
    return PageEvent.objects.filter(at__lt=since).delete()[0]


def _who(user: object, at: datetime) -> str:
    assert isinstance(user, User)  # noqa: S101  who has roles is signed in
    return blind_index(f"{at:%Y-%m-%d}|{user.pk}", purpose="page event")[:16]


def _plain(value: object) -> Any:
    """Return a property as it is kept: short, and with nothing in it that finds a person."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in list(value)[:MOST]]
    return _harmless(str(value))[:LONGEST]


def _harmless(text: str) -> str:
    """Blank out addresses and long numbers, which somebody may have typed into a search."""
    return re.sub(r"\d{5,}", "#", re.sub(r"\S*@\S*", "#", text))
